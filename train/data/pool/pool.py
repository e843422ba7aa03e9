"""Who decodes: threads of this process, or processes that write into memory shared with it (:mod:`~.processes`)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from ieiw.train.data.blocks import Samples
from ieiw.train.data.pool.shared_memory import Layout, SharedBatches, Slot

CHUNK = 8
"""Samples that are taken at a time."""
SLOTS = 16
"""Batches that may be in the making or in use at a time; whoever holds more gets copies."""
DiceRows = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Pictures, or latents, and sentences of a batch; see :class:`ieiw.train.data.loader.Batch`.

    Attributes:
        source: (n, …).
        target: (n, …).
        instructions: n sentences.
    """

    source: torch.Tensor
    target: torch.Tensor
    instructions: list[str]


class Job(Protocol):
    """A batch in the making."""

    def result(self) -> Decoded:
        """Wait for it.

        Raises:
            UsageError: a damaged sample.
        """
        ...

    def drop(self) -> None:
        """It is no longer wanted."""
        ...


class Decoder(Protocol):
    """Fills samples of a batch; safe to call from several threads."""

    def fill(self, samples: Samples, dice: DiceRows, source: npt.NDArray[Any], target: npt.NDArray[Any]) -> list[str]:
        """Write n samples to ``source`` and ``target`` and return their instructions.

        Raises:
            UsageError: a damaged sample.
        """
        ...


class DecodePool(Protocol):
    """Makes batches, in the order in which they are started."""

    def start(self, samples: Samples, dice: DiceRows) -> Job:
        """Begin a batch of these samples, with (n, :data:`ieiw.train.data.augment.DICE`) numbers drawn for them."""
        ...

    def close(self) -> None:
        """Stop working; batches that were handed out stay good."""
        ...


def handed_out(slot: Slot, instructions: list[str], memory: SharedBatches, pinned: bool) -> Decoded:
    """A finished batch in its slot; copied where it must be page-locked, or where no other slot is free for the next one."""
    source, target = torch.from_numpy(slot.source), torch.from_numpy(slot.target)
    if pinned:
        source, target = source.pin_memory(), target.pin_memory()
    elif not memory.free:
        source, target = source.clone(), target.clone()
    return Decoded(source, target, instructions)


class Threads:
    """Threads. OpenCV lets go of the interpreter while it decodes, but Python between the pictures runs one at a time.

    Args:
        decoder: reads and decodes.
        layout: of the memory.
        workers: threads.
        pinned: hand out page-locked copies.
    """

    def __init__(self, decoder: Decoder, layout: Layout, workers: int, pinned: bool) -> None:
        self._decoder, self._pinned = decoder, pinned
        self._memory = SharedBatches(layout, shared=False)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="decode")

    def start(self, samples: Samples, dice: DiceRows) -> Job:
        """See :class:`DecodePool`."""
        slot, instructions = self._memory.take(len(samples)), [""] * len(samples)

        def fill(part: slice) -> None:
            instructions[part] = self._decoder.fill(samples[part], dice[part], slot.source[part], slot.target[part])

        parts = [self._pool.submit(fill, slice(at, at + CHUNK)) for at in range(0, len(samples), CHUNK)]
        return _ThreadJob(parts, lambda: handed_out(slot, instructions, self._memory, self._pinned))

    def close(self) -> None:
        """See :class:`DecodePool`."""
        self._pool.shutdown()


@dataclass(frozen=True, slots=True)
class _ThreadJob:
    parts: list[Future[None]]
    handed_out: Callable[[], Decoded]

    def result(self) -> Decoded:
        for part in self.parts:
            part.result()
        return self.handed_out()

    def drop(self) -> None:
        for part in self.parts:
            if not part.cancel():
                part.exception()  # its slot is free when it is done
