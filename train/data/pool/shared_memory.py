"""Memory for batches: a ring of slots, each with room for one batch and what is to be put there, used again and again.

Fresh pages cost the kernel nearly as much as copying a picture. Decoding processes share the memory with the loader: it is an
unnamed file (``memfd_create``), not one below ``/dev/shm``, which containers keep small.
"""

from __future__ import annotations

import mmap
import os
import weakref
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.train.data.augment import DICE
from ieiw.train.data.blocks import Samples

_PAGE = 4096


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot's parts, as views of the memory; it is taken as long as any of them, or a tensor made of one, is there.

    Attributes:
        number: of the slot; -1 for memory of its own, which no other process sees.
        source: (count, …): pictures or latents.
        target: the same.
        samples: (count,), entries of the index.
        dice: (count, :data:`ieiw.train.data.augment.DICE`).
    """

    number: int
    source: npt.NDArray[Any]
    target: npt.NDArray[Any]
    samples: Samples
    dice: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie in the memory.

    Attributes:
        slots: how many.
        count: samples in a batch, at most.
        source: type and shape of a sample's, as a NumPy subarray type.
        target: the same.
        entry: type of an entry of the index.
    """

    slots: int
    count: int
    source: np.dtype[Any]
    target: np.dtype[Any]
    entry: np.dtype[np.void]

    @property
    def slot_bytes(self) -> int:
        """Length of a slot: whole pages."""
        room = self.count * (self.source.itemsize + self.target.itemsize + self.entry.itemsize + 8 * DICE)
        return -(-room // _PAGE) * _PAGE

    def map(self, descriptor: int) -> mmap.mmap:
        """The memory behind a descriptor, -1 for memory of this process alone; it lives as long as any view of it."""
        return mmap.mmap(descriptor, self.slots * self.slot_bytes)

    def bytes_of(self, memory: mmap.mmap, number: int) -> npt.NDArray[np.uint8]:
        """One slot's bytes: an array of its own, which every view and tensor of them keeps."""
        return np.frombuffer(memory, np.uint8, self.slot_bytes, number * self.slot_bytes)

    def slot(self, number: int, data: npt.NDArray[np.uint8], count: int) -> Slot:
        """Views of one slot's bytes, of its first ``count`` samples. Numbers come first: they want their alignment."""
        dice, samples = 8 * DICE * self.count, self.entry.itemsize * self.count
        source, target = self.count * self.source.itemsize, self.count * self.target.itemsize
        rest = data[dice + samples :]
        return Slot(
            number,
            source=_as(rest[:source], self.source)[:count],
            target=_as(rest[source : source + target], self.target)[:count],
            samples=data[dice : dice + samples].view(self.entry)[:count],
            dice=data[:dice].view(np.float64).reshape(-1, DICE)[:count],
        )


def pictures(size: int) -> np.dtype[Any]:
    """Type of square pictures of ``size`` pixels."""
    return np.dtype((np.uint8, (size, size, 3)))


def _as(data: npt.NDArray[np.uint8], kind: np.dtype[Any]) -> npt.NDArray[Any]:
    return data.view(kind.base).reshape(-1, *kind.shape)


class SharedBatches:
    """The loader's side: makes the memory, lends its slots and takes them back.

    Pages that are never written take no memory, so spare slots are free.

    Args:
        layout: of the memory.
        shared: with other processes, through ``descriptor``.
    """

    def __init__(self, layout: Layout, shared: bool) -> None:
        self._layout = layout
        self.descriptor = os.memfd_create("batches") if shared else -1
        if shared:
            os.ftruncate(self.descriptor, layout.slots * layout.slot_bytes)
        self._memory = layout.map(self.descriptor)
        self.free = deque(range(layout.slots))
        """Numbers of the slots that nobody uses. The one given back last is taken first, so that few are ever used."""

    def take(self, count: int) -> Slot:
        """A free slot, for ``count`` samples; where none is free, memory of its own.

        It comes back by itself when the last view or tensor of it is gone.
        """
        if not self.free:
            return self._layout.slot(-1, np.empty(self._layout.slot_bytes, np.uint8), count)
        number = self.free.popleft()
        data = self._layout.bytes_of(self._memory, number)
        weakref.finalize(data, self.free.appendleft, number).atexit = False
        return self._layout.slot(number, data, count)

    def close(self) -> None:
        """Let go of the file; the memory stays until the last batch is gone."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
