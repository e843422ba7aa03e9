"""Memory that decoding processes share with the loader: slots, each with room for one batch and what is to be put there.

It is an unnamed file in memory (``memfd_create``), not one below ``/dev/shm``, which containers keep small.
"""

from __future__ import annotations

import mmap
import os
import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ieiw.train.data.augment import KINDS
from ieiw.train.data.blocks import Samples
from ieiw.triplets.records import Image

_UNHELD = 2  # references to a slot that nobody uses: the arena's list and getrefcount's argument
_PAGE = 4096


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot's parts, as views of the shared memory.

    Attributes:
        source: (count, size, size, 3).
        target: the same.
        places: (count,), where the samples lie.
        drawn: (count, :data:`ieiw.train.data.augment.KINDS`).
    """

    source: Image
    target: Image
    places: Samples
    drawn: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie in the memory.

    Attributes:
        slots: how many.
        count: samples in a batch, at most.
        size: of the square pictures, in pixels.
        place: type of an entry of the index.
    """

    slots: int
    count: int
    size: int
    place: np.dtype[np.void]

    @property
    def slot_bytes(self) -> int:
        """Length of a slot: whole pages."""
        room = self.count * (2 * self._picture + self.place.itemsize + 8 * KINDS)
        return -(-room // _PAGE) * _PAGE

    @property
    def _picture(self) -> int:
        return self.size * self.size * 3

    def slot(self, memory: npt.NDArray[np.uint8], count: int) -> Slot:
        """Views of one slot's bytes, of its first ``count`` samples. Numbers come first: they want their alignment."""
        drawn, places = 8 * KINDS * self.count, self.place.itemsize * self.count
        pictures = memory[drawn + places :]
        shape, half = (self.count, self.size, self.size, 3), self.count * self._picture
        return Slot(
            source=pictures[:half].reshape(shape)[:count],
            target=pictures[half : 2 * half].reshape(shape)[:count],
            places=memory[drawn : drawn + places].view(self.place)[:count],
            drawn=memory[:drawn].view(np.float64).reshape(-1, KINDS)[:count],
        )

    def map(self, descriptor: int) -> list[npt.NDArray[np.uint8]]:
        """The bytes of every slot. The mapping lives as long as any of them, or a tensor made of one."""
        memory = mmap.mmap(descriptor, self.slots * self.slot_bytes)
        starts = range(0, self.slots * self.slot_bytes, self.slot_bytes)
        return [np.frombuffer(memory, np.uint8, self.slot_bytes, start) for start in starts]


class Arena:
    """The loader's side: makes the memory and knows which slots nobody looks at any more.

    Pages that are never written take no memory, so spare slots are free.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.descriptor = os.memfd_create("batches")
        os.ftruncate(self.descriptor, layout.slots * layout.slot_bytes)
        self._slots = layout.map(self.descriptor)

    def free(self) -> int | None:
        """A slot that no tensor or view refers to: the first one, so that few are ever used; None if all are held."""
        # Whatever is made of a slot's array keeps a reference to it: the count tells who still looks.
        return next((at for at in range(len(self._slots)) if sys.getrefcount(self._slots[at]) == _UNHELD), None)

    def slot(self, number: int, count: int) -> Slot:
        """The parts of a slot; it is held until these are gone."""
        return self.layout.slot(self._slots[number], count)

    def close(self) -> None:
        """Let go of the file; the memory stays until the last batch is gone."""
        os.close(self.descriptor)
