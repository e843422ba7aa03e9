"""Single files of weights as their authors publish them: Stable Diffusion 1.5, InstructPix2Pix, InstructDiffusion.

All are one architecture at one set of names, CompVis's; ours are diffusers'. Which name is which is asked of diffusers' own
converters, once, with numbers in place of tensors: so one table serves both ways, and what goes there and back is the same bits.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import torch
from diffusers import AutoencoderKL, EulerAncestralDiscreteScheduler, UNet2DConditionModel
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint, convert_ldm_vae_checkpoint
from transformers import CLIPTextConfig, CLIPTextModel

from ieiw.models.torch_files import read_state
from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.folder import sync

PREFIXES = {
    "unet": "model.diffusion_model.",
    "vae": "first_stage_model.",
    "text": "cond_stage_model.transformer.text_model.",
}
"""Part -> how its tensors begin in the file. Others, such as ``model_ema.*`` and the schedule's, are not read."""
_COPIED = "position_ids"
"""Of the text encoder: the numbers 0 to 76, which older files hold among the weights."""
_LEVELS = range(4)
_HEAD = 64
"""Width of one of the text encoder's heads."""

Names = Mapping[str, Mapping[str, str]]
State = Mapping[str, torch.Tensor]


class _Callback:
    """Stands for Lightning's class that some published files name beside the weights; it holds and does nothing."""


def read_file(path: Path) -> tuple[Any, Any, Any, Any]:
    """UNet (4 or 8 input channels), VAE, text encoder and sampler of a ``.ckpt`` or ``.safetensors``.

    Any width is taken, since the tests' is small; the layers are Stable Diffusion 1.5's.

    Raises:
        UsageError: it cannot be read, or a tensor is missing, too many or of another shape; names the first of them.
    """
    callback = (_Callback, "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint")
    with torch.serialization.safe_globals([callback]):
        state = read_state(path)
    wrong = [name for part in names().values() for name in part if name not in state]
    ours = (name for name in state if name.startswith(tuple(PREFIXES.values())) and not name.endswith(_COPIED))
    known = {name for part in names().values() for name in part}
    wrong += [name for name in ours if name not in known]
    if wrong:
        raise _refused(path, wrong)
    found = {
        part: {ours: _as_ours(part, theirs, state[theirs]) for theirs, ours in table.items()}
        for part, table in names().items()
    }
    with torch.device("meta"):
        unet = UNet2DConditionModel(**unet_config(found["unet"]))
        vae = AutoencoderKL(**vae_config(found["vae"]))
    text = CLIPTextModel(text_config(found["text"]))
    modules: dict[str, Any] = {"unet": unet, "vae": vae, "text": text}
    for part, module in modules.items():
        shapes = {name: value.shape for name, value in module.state_dict().items()}
        wrong = [theirs for theirs, ours in names()[part].items() if shapes.get(ours) != found[part][ours].shape]
        if wrong or len(shapes) != len(found[part]):
            raise _refused(path, wrong)
        module.load_state_dict(found[part], assign=True)
    return unet, vae, text, _sampler()


def write_file(path: Path, unet: Any, vae: Any, text: Any) -> None:
    """Write the names that InstructDiffusion's own scripts read, as ``.safetensors`` or else in a ``.ckpt``'s ``state_dict``.

    Raises:
        OSError: it cannot be written.
        UsageError: the model has other layers than Stable Diffusion 1.5.
    """
    state: dict[str, torch.Tensor] = {}
    for part, module in (("unet", unet), ("vae", vae), ("text", text)):
        own, table = module.state_dict(), names()[part]
        if own.keys() != set(table.values()):
            raise UsageError(
                f"{path}: not written: the model's {part} has other layers than Stable Diffusion 1.5, whose names this file has. "
                "Give a folder instead"
            )
        for theirs, ours in table.items():
            rank = len(_manifest()[theirs])
            value = own[ours].detach().cpu()
            state[theirs] = value.reshape(*value.shape, *[1] * (rank - value.ndim)).contiguous()
    partial = path.with_name(f".partial-{path.name}")
    if path.suffix == ".safetensors":
        from safetensors.torch import save_file

        save_file(state, partial)
    else:
        torch.save({"state_dict": state}, partial)
    sync(partial)
    partial.replace(path)


@cache
def names() -> Names:
    """Part -> name in the file -> name in diffusers' and transformers' module."""
    manifest = _manifest()
    listed = list(manifest)
    numbers = {name: torch.full((1,) * max(1, len(manifest[name])), at, device="cpu") for at, name in enumerate(listed)}
    levels = {"down_block_types": _LEVELS, "up_block_types": _LEVELS}
    converted = {
        "unet": convert_ldm_unet_checkpoint(numbers, {"layers_per_block": 2}),
        "vae": convert_ldm_vae_checkpoint(numbers, levels),
    }
    tables = {part: {listed[int(number)]: ours for ours, number in found.items()} for part, found in converted.items()}
    prefix = PREFIXES["text"]
    tables["text"] = {
        name: name.removeprefix(prefix) for name in listed if name.startswith(prefix) and not name.endswith(_COPIED)
    }
    return tables


def unet_config(state: State) -> dict[str, Any]:
    """The UNet's settings, its widths read off its tensors."""
    return {
        "sample_size": 64,
        "in_channels": state["conv_in.weight"].shape[1],
        "block_out_channels": [state[f"down_blocks.{level}.resnets.0.conv1.weight"].shape[0] for level in _LEVELS],
        "cross_attention_dim": state["down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight"].shape[1],
        "attention_head_dim": 8,
    }


def vae_config(state: State) -> dict[str, Any]:
    """The autoencoder's settings, its widths read off its tensors."""
    widths = [state[f"encoder.down_blocks.{level}.resnets.0.conv1.weight"].shape[0] for level in _LEVELS]
    return {
        "sample_size": 512,
        "block_out_channels": widths,
        "down_block_types": ["DownEncoderBlock2D"] * len(widths),
        "up_block_types": ["UpDecoderBlock2D"] * len(widths),
        "layers_per_block": 2,
        "latent_channels": state["post_quant_conv.weight"].shape[0],
        "scaling_factor": 0.18215,
    }


def text_config(state: State) -> CLIPTextConfig:
    """The text encoder's settings, its widths read off its tensors."""
    vocabulary, width = state["embeddings.token_embedding.weight"].shape
    return CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=state["encoder.layers.0.mlp.fc1.weight"].shape[0],
        num_hidden_layers=12,
        num_attention_heads=max(1, width // _HEAD),
        projection_dim=width,
        bos_token_id=vocabulary - 2,
        eos_token_id=vocabulary - 1,
        pad_token_id=1,
    )


def _sampler() -> Any:
    """With what InstructPix2Pix and InstructDiffusion sample."""
    return EulerAncestralDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1
    )


def _as_ours(part: str, name: str, value: torch.Tensor) -> torch.Tensor:
    """In 32 bits; the autoencoder's attention is linear layers here, convolutions of one pixel in the file."""
    value = value.float()
    return value.flatten(1) if part == "vae" and ".attn_1." in name and value.ndim > 1 else value


@cache
def _manifest() -> Mapping[str, tuple[int, ...]]:
    packed = files("ieiw.models").joinpath("manifests/sd15-original-ckpt.json.gz").read_bytes()
    return msgspec.json.decode(gzip.decompress(packed), type=dict[str, tuple[int, ...]])


def _refused(path: Path, wrong: list[str]) -> UsageError:
    return UsageError(
        f"{path}: not Stable Diffusion 1.5's architecture: {len(wrong)} tensors are missing, too many or of another shape, such as "
        f"{', '.join(wrong[:5])}. Give the checkpoint of Stable Diffusion 1.5, InstructPix2Pix or InstructDiffusion as published"
    )
