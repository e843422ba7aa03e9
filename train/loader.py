"""The loader: batches of pictures straight from a cut's shards, decoded by threads into the batch's own memory.

OpenCV lets go of the interpreter while it decodes, so threads do what peers use processes for, and nothing is copied between
processes. The place in the data is three integers: :meth:`Loader.state_dict`.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from train.augment import KINDS, Changes
from train.bijection import Integers, draws, key_of
from train.buffers import Buffers
from train.decode import Place, SampleDecoder
from train.opened import OpenCut
from train.order import Order, Plan, rank_slots
from train.reading import open_reader
from train.warming import Warmer
from triplets.reasons import UsageError

_AHEAD = 3  # batches in the making behind the one that is handed out
_CHUNK = 8  # samples a thread takes at a time


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples of one batch, of this rank.

    Attributes:
        source: (n, size, size, 3) uint8, RGB.
        target: the same.
        instructions: n sentences.
        rows: (n,) rows of the cut's index.
        epoch: from 0.
        number: of the batch in its epoch, from 0.
    """

    source: torch.Tensor
    target: torch.Tensor
    instructions: list[str]
    rows: Integers
    epoch: int
    number: int


@dataclass(frozen=True, slots=True)
class Share:
    """Which rank of how many."""

    rank: int = 0
    world: int = 1


class Loader:
    """An endless iterator over a cut's batches, epoch after epoch.

    Args:
        cut: the side to read.
        plan: seed, batch of all ranks together, weights.
        changes: size and variation of the pictures.
        share: this rank. The batch must be a multiple of the world.
        threads: that decode.
        pinned: hand out page-locked memory, for copies to a GPU beside its work.

    Raises:
        UsageError: the batch is larger than the data, or no multiple of the world.
    """

    def __init__(
        self,
        cut: OpenCut,
        plan: Plan,
        changes: Changes,
        share: Share = Share(),  # noqa: B008 - frozen
        threads: int = os.cpu_count() or 1,
        pinned: bool = False,
    ) -> None:
        if plan.batch % share.world:
            raise UsageError(f"batch: {plan.batch} is no multiple of the {share.world} ranks. Choose one that is")
        self.order = Order(cut.samples, [shard.size for shard in cut.state.shards], plan)
        self._cut, self._plan, self._share = cut, plan, share
        self._size, self._buffers = changes.size, Buffers(pinned)
        names = [shard.name for shard in cut.state.shards]
        self._reader = open_reader(cut.store, names, plan.block_bytes, -(-self.order.window_blocks // share.world))
        self._decoder = SampleDecoder(cut, self._reader, changes)
        self._warmer = Warmer(self.order, cut.samples, self._reader, plan.block_bytes, (share.rank, share.world))
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="decode")
        self._making: deque[tuple[Batch, list[Future[None]]]] = deque()
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
        batch, parts = self._making.popleft()
        for part in parts:
            part.result()
        self._given = self._after(batch.epoch, batch.number)
        return batch

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
                    else f"{name} was {state.get(name)}, now it is {value}"
                )
                raise UsageError(
                    f"{self._cut.where}: cannot go on at the next sample: {what}. Bring it back, or start anew"
                )
        self._drop()
        self._next = self._given = (int(state["epoch"]), int(state["batch"]))

    def close(self) -> None:
        """Stop threads and let go of files."""
        self._drop()
        self._threads.shutdown()
        self._reader.close()

    def _identity(self) -> dict[str, Any]:
        plan = self._plan
        weights = ",".join(f"{source}={weight!r}" for source, weight in sorted(plan.weights.items()))
        return {
            "fingerprint": self._cut.fingerprint,
            "side": self._cut.side,
            "seed": plan.seed,
            "batch_size": plan.batch,
            "weights": weights,
            "blocks": f"{plan.window_blocks} x {plan.block_bytes}",
        }

    def _drop(self) -> None:
        for _, parts in self._making:
            for part in parts:
                part.cancel()
        self._making.clear()

    def _after(self, epoch: int, number: int) -> tuple[int, int]:
        return (epoch, number + 1) if number + 1 < self.order.batches_per_epoch else (epoch + 1, 0)

    def _start(self) -> None:
        """Give a batch's samples to the threads."""
        epoch, number = self._next
        whole = self.order.batch(epoch, number)
        slots = rank_slots(len(whole), self._share.rank, self._share.world)
        batch = self._empty(whole[slots], epoch, number)
        positions = number * self._plan.batch + np.arange(len(whole))[slots]
        drawn = draws(positions, KINDS, key_of(self._plan.seed, "changes", epoch))
        samples = self._cut.samples[batch.rows].tolist()  # plain numbers: threads read them at a tenth of the cost
        self._warmer.at(epoch, number)
        parts = [
            self._threads.submit(self._fill, batch, samples, drawn, range(start, min(start + _CHUNK, len(samples))))
            for start in range(0, len(samples), _CHUNK)
        ]
        self._making.append((batch, parts))
        self._next = self._after(epoch, number)

    def _empty(self, rows: Integers, epoch: int, number: int) -> Batch:
        shape = (len(rows), self._size, self._size, 3)
        source, target = self._buffers.take(shape), self._buffers.take(shape)
        return Batch(source, target, [""] * len(rows), rows, epoch, number)

    def _fill(self, batch: Batch, samples: list[Place], drawn: npt.NDArray[np.float64], mine: range) -> None:
        """Decode some of a batch's samples into it; runs on a thread."""
        source, target = batch.source.numpy(), batch.target.numpy()
        for slot in mine:
            batch.instructions[slot] = self._decoder.decode(samples[slot], drawn[slot], source[slot], target[slot])
