"""Who decodes: threads of this process, or processes that write into memory shared with it (:mod:`~.processes`)."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch

from ieiw.train.data.blocks import Samples
from ieiw.train.data.pool.buffers import Buffers
from ieiw.train.data.sample_decoder import SampleDecoder

CHUNK = 8
"""Samples that are taken at a time."""
Drawn = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Pictures and sentences of a batch.

    Attributes:
        source: (n, size, size, 3) uint8, RGB.
        target: the same.
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


class Crew(Protocol):
    """Makes batches, in the order in which they are started."""

    def start(self, samples: Samples, drawn: Drawn) -> Job:
        """Begin a batch of these samples, with (n, :data:`ieiw.train.data.augment.KINDS`) numbers drawn for them."""
        ...

    def close(self) -> None:
        """Stop working; batches that were handed out stay good."""
        ...


class Threads:
    """Threads. OpenCV lets go of the interpreter while it decodes, but Python between the pictures runs one at a time.

    Args:
        decoder: reads and decodes.
        size: of the square pictures, in pixels.
        workers: threads.
        pinned: hand out page-locked memory.
    """

    def __init__(self, decoder: SampleDecoder, size: int, workers: int, pinned: bool) -> None:
        self._decoder, self._size, self._buffers = decoder, size, Buffers(pinned)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="decode")

    def start(self, samples: Samples, drawn: Drawn) -> Job:
        """See :class:`Crew`."""
        shape = (len(samples), self._size, self._size, 3)
        batch = Decoded(self._buffers.take(shape), self._buffers.take(shape), [""] * len(samples))
        starts = range(0, len(samples), CHUNK)
        parts = [
            self._pool.submit(self._fill, batch, slice(at, at + CHUNK), samples[at : at + CHUNK], drawn)
            for at in starts
        ]
        return _Submitted(batch, parts)

    def close(self) -> None:
        """See :class:`Crew`."""
        self._pool.shutdown()

    def _fill(self, batch: Decoded, mine: slice, samples: Samples, drawn: Drawn) -> None:
        batch.instructions[mine] = self._decoder.fill(
            samples, drawn[mine], batch.source[mine].numpy(), batch.target[mine].numpy()
        )


@dataclass(frozen=True, slots=True)
class _Submitted:
    batch: Decoded
    parts: list[Future[None]]

    def result(self) -> Decoded:
        for part in self.parts:
            part.result()
        return self.batch

    def drop(self) -> None:
        for part in self.parts:
            part.cancel()
