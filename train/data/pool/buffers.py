"""Memory for batches, used again once nobody holds it: fresh pages cost the kernel nearly as much as copying a picture."""

from __future__ import annotations

import sys

import numpy as np
import torch

from ieiw.triplets.records import Image

_UNHELD = 3  # references to a buffer that only the pool has: its list, the loop's name, getrefcount's argument
_MOST = 32


class Buffers:
    """Hands out byte tensors; takes memory back by itself when the last tensor and view of it are gone.

    Args:
        pinned: page-locked memory, which torch keeps and reuses itself.
    """

    def __init__(self, pinned: bool) -> None:
        self._pinned = pinned
        self._pool: list[Image] = []

    def take(self, shape: tuple[int, ...]) -> torch.Tensor:
        """A tensor (uint8) of this shape, with any contents."""
        if self._pinned:
            return torch.empty(shape, dtype=torch.uint8, pin_memory=True)
        size = int(np.prod(shape))
        return torch.from_numpy(self._buffer(size)[:size].reshape(shape))

    def _buffer(self, size: int) -> Image:
        # A tensor made of an array keeps a reference to it, and so does every view: the count tells who still looks.
        for buffer in self._pool:
            if sys.getrefcount(buffer) == _UNHELD and buffer.size >= size:
                return buffer
        made = np.empty(size, np.uint8)
        if len(self._pool) < _MOST:
            self._pool.append(made)
        return made
