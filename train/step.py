"""The gradients of a step: a process's part of the batch through the network, in one piece or several."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import torch

from ieiw.models.diffusion.components import Parts
from ieiw.models.diffusion.posterior import as_pictures
from ieiw.train.config import TrainConfig
from ieiw.train.data.loader import Batch
from ieiw.train.distributed import Group
from ieiw.train.objective import (
    draw,
    encoded,
    from_kept,
    generator_of,
    losses,
    noising,
    text_states,
    without_conditions,
)


class Step:
    """Reckons losses and gradients under a run's settings.

    Args:
        config: of the run.
        parts: of the model; its UNet learns.
        group: the processes that share the batches.
    """

    def __init__(self, config: TrainConfig, parts: Parts, group: Group) -> None:
        self._config, self._parts, self._group = config, parts, group
        self._schedule = noising(parts.scheduler)
        self._no_text = text_states(parts, [""])
        self._network = group.share(parts.unet)

    def gradients(self, batch: Batch, step: int) -> float:
        """Leave the gradients of the whole batch's mean loss with the UNet, and return this process's share of that mean.

        Args:
            batch: this process's part.
            step: steps done, which chance depends on.
        """
        own = 0.0
        for slots, last in pieces(len(batch.instructions), self._config.optimiser.accumulate):
            with nullcontext() if last else self._group.quietly(self._network):
                share = self._loss(batch, slots, step) / batch.whole
                (share * self._group.rank.world).backward()  # processes take the mean of their gradients
                own += share.item()
        return own

    def _loss(self, batch: Batch, slots: slice, step: int) -> torch.Tensor:
        """The sum over some samples.

        Of none, as a short last batch may leave a process, it is 0, and the network is asked all the same: the other processes
        wait for its gradients.
        """
        config, device, idle = self._config, self._group.device, slots.start == slots.stop
        source, target = batch.source[slots], batch.target[slots]
        instructions = list(batch.instructions[slots])
        if idle:
            source, target = (pictures.new_zeros(1, *pictures.shape[1:]) for pictures in (source, target))
            instructions = [""]
        first = batch.first + slots.start
        chance = [generator_of(config.seed, "step", step, slot) for slot in range(first, first + len(instructions))]
        if config.data.latents:
            source, target = source.to(device, non_blocking=True), target.to(device, non_blocking=True)
            latents = from_kept(self._parts, source, target, instructions, chance)
        else:
            source, target = as_pictures(source, device), as_pictures(target, device)
            latents = encoded(self._parts, source, target, instructions, chance)
        draws = draw(latents, self._schedule.config.num_train_timesteps, chance, config.loss.offset_noise)
        latents = without_conditions(latents, draws.lost, config.dropout, self._no_text)
        network: Any = self._network
        total = losses(network, self._schedule, latents, draws, config.loss.min_snr).sum()
        return total * 0 if idle else total


def pieces(count: int, most: int) -> Iterator[tuple[slice, bool]]:
    """Slots of a batch of ``count`` in up to ``most`` pieces, and whether a piece is the last; of none, one without any."""
    each = max(1, -(-count // most))
    starts = range(0, max(1, count), each)
    for start in starts:
        yield slice(start, min(count, start + each)), start == starts[-1]
