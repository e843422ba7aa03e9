"""The loader: batches of pictures straight from a cut's shards, decoded into the batch's own memory.

Cuts on disk are decoded by processes that share this memory with the loader, those in object stores by threads, which share one
cache of blocks; neither copies pictures from one place to another. The place in the data is three integers:
:meth:`Loader.state_dict`.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ieiw.train.data.augment import DICE, Augmentation
from ieiw.train.data.dataset import OpenCut
from ieiw.train.data.kept_latents import KeptLatents, latent_pool
from ieiw.train.data.order import Order, Rank, SamplingConfig
from ieiw.train.data.pool.pool import SLOTS, DecodePool, Job, Threads
from ieiw.train.data.pool.processes import Processes, processes_serve
from ieiw.train.data.pool.shared_memory import Layout, pictures
from ieiw.train.data.prefetch import Prefetcher
from ieiw.train.data.sample_decoder import SampleDecoder
from ieiw.train.data.shard_reader import Reader, open_reader
from ieiw.triplets.errors import UsageError
from ieiw.triplets.permutation import Integers, draws, key_of

_AHEAD = 3  # batches in the making behind the one that is handed out


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples of one batch, of this rank.

    Attributes:
        source: (n, size, size, 3) uint8, RGB; of latents (n, 4, side, side) float16, the mode.
        target: the same; of latents (n, 2, 4, side, side), mean and log-variance.
        instructions: n sentences.
        rows: (n,) rows of the cut's index.
        epoch: from 0.
        number: of the batch in its epoch, from 0.
        first: place of its first sample in the batch of all ranks together.
        whole: samples of that batch.
    """

    source: torch.Tensor
    target: torch.Tensor
    instructions: list[str]
    rows: Integers
    epoch: int
    number: int
    first: int
    whole: int


class Loader:
    """An endless iterator over a cut's batches, epoch after epoch.

    Args:
        cut: the side to read.
        sampling: seed, batch of all ranks together, weights.
        augmentation: size and variation of the pictures.
        rank: this process among all. The batch must be a multiple of the world.
        workers: processes or threads that decode.
        pinned: hand out page-locked memory, for copies to a GPU beside its work.
        latents: to hand out in place of pictures; their order is that of the pictures.

    Raises:
        UsageError: the batch is larger than the data, or no multiple of the world.
    """

    def __init__(
        self,
        cut: OpenCut,
        sampling: SamplingConfig,
        augmentation: Augmentation,
        rank: Rank = Rank(),  # noqa: B008 - frozen
        workers: int = os.cpu_count() or 1,
        pinned: bool = False,
        latents: KeptLatents | None = None,
    ) -> None:
        if sampling.batch % rank.world:
            raise UsageError(f"batch: {sampling.batch} is no multiple of the {rank.world} ranks. Choose one that is")
        self.order = Order(cut.samples, [shard.size for shard in cut.state.shards], sampling)
        self._cut, self._sampling, self._rank = cut, sampling, rank
        window_blocks = -(-self.order.window_blocks // rank.world)
        self._entries = latents.entries if latents else cut.samples
        files = latents.files if latents else cut.shards.names
        self._reader = open_reader(cut.store, files, sampling.block_bytes, window_blocks)
        self._prefetcher = Prefetcher(self.order, self._entries, self._reader, sampling.block_bytes, rank)
        count = sampling.batch // rank.world
        self._pool = (
            latent_pool(cut, latents, self._reader, augmentation, count, workers, pinned)
            if latents
            else _pool(cut, self._reader, augmentation, count, workers, pinned)
        )
        self._making: deque[tuple[Integers, int, int, int, int, Job]] = deque()
        self._next = (0, 0)  # epoch and number of the next batch to start
        self._given = (0, 0)  # and to hand out

    def __iter__(self) -> Iterator[Batch]:
        return self

    def __next__(self) -> Batch:
        """The next batch of this rank.

        Raises:
            UsageError: a damaged sample; the message names shard and key.
        """
        while len(self._making) <= _AHEAD:
            self._start()
        rows, epoch, number, first, whole, job = self._making.popleft()
        made = job.result()
        self._given = self._after(epoch, number)
        return Batch(made.source, made.target, made.instructions, rows, epoch, number, first, whole)

    def state_dict(self) -> dict[str, Any]:
        """Where the next batch lies, and what the numbers refer to; holds plain values only."""
        epoch, number = self._given
        return {"epoch": epoch, "batch": number, **self._identity()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on at the next batch, on any number of ranks with the same batch of all together.

        Raises:
            UsageError: another cut, seed, batch or weights: the numbers would mean other samples.
        """
        for name, value in self._identity().items():
            if state.get(name) != value:
                what = (
                    "the cut has changed"
                    if name == "fingerprint"
                    else f"{name} was {state.get(name) or 'none'}, now it is {value or 'none'}"
                )
                raise UsageError(
                    f"{self._cut.where}: cannot go on at the next sample: {what}. Bring it back, or start afresh"
                )
        self._drop()
        self._next = self._given = (int(state["epoch"]), int(state["batch"]))

    def close(self) -> None:
        """Stop decoding and let go of files; batches that were handed out stay good."""
        self._drop()
        self._pool.close()
        self._reader.close()

    def _identity(self) -> dict[str, Any]:
        sampling = self._sampling
        names = self._cut.state.sources
        weights = ", ".join(f"{names[source]} {weight!r}" for source, weight in sorted(sampling.weights.items()))
        return {
            "fingerprint": self._cut.fingerprint,
            "side": self._cut.side,
            "seed": sampling.seed,
            "batch_size": sampling.batch,
            "weights": weights,
            "blocks": f"{sampling.window_blocks} x {sampling.block_bytes}",
        }

    def _drop(self) -> None:
        while self._making:
            self._making.popleft()[-1].drop()

    def _after(self, epoch: int, number: int) -> tuple[int, int]:
        return (epoch, number + 1) if number + 1 < self.order.batches_per_epoch else (epoch + 1, 0)

    def _start(self) -> None:
        """Give a batch's samples to those who decode."""
        epoch, number = self._next
        whole = self.order.batch(epoch, number)
        slots = self._rank.slots(len(whole))
        positions = number * self._sampling.batch + np.arange(len(whole))[slots]
        dice = draws(positions, DICE, key_of(self._sampling.seed, "changes", epoch))
        self._prefetcher.advance(epoch, number)
        rows = whole[slots]
        job = self._pool.start(self._entries[rows], dice)
        self._making.append((rows, epoch, number, slots.start, len(whole), job))
        self._next = self._after(epoch, number)


def _pool(
    cut: OpenCut, reader: Reader, augmentation: Augmentation, count: int, workers: int, pinned: bool
) -> DecodePool:
    """Processes for a folder, threads for an object store, or where one is enough.

    Args:
        cut: the side to read.
        reader: of its shards.
        augmentation: size and variation of the pictures.
        count: samples in a batch, at most.
        workers: threads or processes.
        pinned: hand out page-locked memory.
    """
    layout = Layout(SLOTS, count, pictures(augmentation.size), pictures(augmentation.size), cut.samples.dtype)
    if cut.store.local is None or workers == 1 or not processes_serve():
        return Threads(SampleDecoder(cut.shards, reader, augmentation), layout, workers, pinned)
    return Processes(cut.store.local, cut.shards, augmentation, layout, workers, pinned)
