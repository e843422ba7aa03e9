"""What a run would do, reckoned without doing it: its model is opened and its data counted, no picture is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.autograd.graph import saved_tensors_hooks
from torch.overrides import TorchFunctionMode

from ieiw.models.diffusion.components import Parts
from ieiw.train.config import TrainConfig
from ieiw.train.data.dataset import OpenCut, open_cut
from ieiw.train.data.order import Order
from ieiw.train.inputs import kept_latents, sampling
from ieiw.train.training_state import open_parts
from ieiw.triplets.storage.store import open_store

_FLOAT = 4
_LEARNED = 5
"""Numbers that each learned weight needs: itself, its gradient, two of AdamW, its average."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """Of a run.

    Attributes:
        parameters: part of the model -> how many.
        state_bytes: of weights, gradients, optimiser and average, in 32 bits.
        sample_bytes: that the network keeps of a sample for its gradients, its attention fused.
        memory_bytes: both together, for the samples that one process holds at once; what libraries take besides is not in it.
        steps: of the run.
        steps_per_epoch: batches of a pass over the data.
        samples_per_epoch: as the weights have it.
        mixture: source -> samples in the first epoch.
    """

    parameters: dict[str, int]
    state_bytes: int
    sample_bytes: int
    memory_bytes: int
    steps: int
    steps_per_epoch: int
    samples_per_epoch: int
    mixture: dict[str, int]


def dry_run(config: TrainConfig, say: Callable[[str], None]) -> DryRun:
    """Open the cut and the model that ``train`` would go on from, and reckon.

    Raises:
        UsageError: a setting, the cut or the model is not as it must be.
    """
    cut = open_cut(open_store(config.data.build), config.data.cut)
    order = Order(cut.samples, [shard.size for shard in cut.state.shards], sampling(config, cut, say))
    parts = open_parts(config, say)
    kept_latents(config, cut, parts.vae)
    parameters = {
        name: sum(weight.numel() for weight in part.parameters())
        for name, part in (("unet", parts.unet), ("vae", parts.vae), ("text encoder", parts.text))
    }
    frozen = sum(parameters.values()) - parameters["unet"]
    state_bytes = _FLOAT * (_LEARNED * parameters["unet"] + frozen)
    sample_bytes = _bytes_of_a_sample(parts, config.data.size)
    at_once = -(-config.batch // config.optimiser.accumulate)
    return DryRun(
        parameters=parameters,
        state_bytes=state_bytes,
        sample_bytes=sample_bytes,
        memory_bytes=state_bytes + at_once * sample_bytes,
        steps=config.length(order.batches_per_epoch),
        steps_per_epoch=order.batches_per_epoch,
        samples_per_epoch=order.samples_per_epoch,
        mixture=_first_epoch(cut, order),
    )


def _first_epoch(cut: OpenCut, order: Order) -> dict[str, int]:
    names, counts = cut.state.sources, np.zeros(len(cut.state.sources), np.int64)
    for window in range(order.windows):
        counts += np.bincount(cut.samples["source"][order.window_rows(0, window)], minlength=len(names))
    return dict(zip(names, counts.tolist(), strict=True))


def _bytes_of_a_sample(parts: Parts, size: int) -> int:
    unet, vae = parts.unet.to("meta").train(), parts.vae.config
    side = size // 2 ** (len(vae.block_out_channels) - 1)
    noisy = torch.empty(1, unet.config.in_channels, side, side, device="meta")
    text = torch.empty(1, parts.tokenizer.model_max_length, unet.config.cross_attention_dim, device="meta")
    return kept_bytes(unet, noisy, torch.zeros(1, dtype=torch.long, device="meta"), text)


def kept_bytes(network: Any, *inputs: torch.Tensor) -> int:
    """What a network keeps of its inputs for the gradients, in bytes; all on torch's ``meta`` device, where nothing is reckoned."""
    kept: dict[int, Any] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        kept[storage._cdata] = storage
        return tensor

    own = {weight.untyped_storage()._cdata for weight in network.parameters()}
    with saved_tensors_hooks(keep, lambda tensor: tensor), _Fused():
        network(*inputs)
    return sum(storage.nbytes() for key, storage in kept.items() if key not in own)


class _Fused(TorchFunctionMode):
    """Attention as a device's fused kernel keeps it; ``meta`` would keep the whole matrix of every head."""

    def __torch_function__(self, function: Any, types: Any, arguments: Any = (), options: Any = None) -> Any:
        if function is torch.nn.functional.scaled_dot_product_attention:
            return _Attention.apply(*arguments[:3])
        return function(*arguments, **(options or {}))


class _Attention(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        result = torch.empty_like(query)
        context.save_for_backward(query, key, value, result)
        return result
