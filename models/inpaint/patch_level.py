"""One scale of patch-based completion: which patches need colours, which may lend them, and how unlike two patches are."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from ieiw.triplets.records import Image, Mask

RADIUS = 3
"""Patches have 2 * RADIUS + 1 pixels a side."""
RISE = 96
"""Patches of equal colours at the top and at the bottom of the picture differ as by so many grey levels: in pictures of the world
like things lie at like heights, and a wall had better not be mended with the ground before it."""
_FEWEST_SOURCES = 32
_CHUNK = 8192  # patches compared at once: bounds memory, and stays in the processor's cache

Indices = npt.NDArray[np.int32]
Costs = npt.NDArray[np.float32]


class Level:
    """A picture with a hole, and the patches of it.

    *Targets* are patches that touch the hole, *sources* those that lie wholly outside it and inside the picture. Where hardly
    any such patch exists, every patch whose centre is known is a source. Patches are named by their centre.

    Args:
        picture: any colours in the hole; ``picture`` is then filled there by votes.
        hole: true where colours are sought.
    """

    def __init__(self, picture: Image, hole: Mask) -> None:
        self.picture = picture.copy()
        self.hole = hole
        self.height, self.width = hole.shape
        side = 2 * RADIUS + 1
        touched = cv2.dilate(hole.astype(np.uint8), np.ones((side, side), np.uint8)) > 0
        sources = np.zeros_like(touched)  # none in a rim of RADIUS pixels along the picture's border
        inner = (slice(RADIUS, -RADIUS), slice(RADIUS, -RADIUS))
        sources[inner] = ~touched[inner]
        if np.count_nonzero(sources) < _FEWEST_SOURCES:
            sources = ~hole
        self.source_y, self.source_x = _positions(sources)
        self.target_y, self.target_x = _positions(touched)
        self.targets = len(self.target_y)
        _, label = cv2.distanceTransformWithLabels(
            (~sources).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        number = np.zeros(int(label.max()) + 1, np.int32)
        number[label[self.source_y, self.source_x]] = np.arange(len(self.source_y), dtype=np.int32)
        self._snap = cast(Indices, number[label])
        """Position -> number of the nearest source."""
        self._row = self.width + 2 * RADIUS
        offsets = np.arange(-RADIUS, RADIUS + 1, dtype=np.int32)
        self.window = (offsets[:, None] * self._row + offsets[None, :]).ravel()
        """From a patch's centre to each of its pixels, as steps between flat positions."""
        self.number = np.full((self.height + 2 * RADIUS) * self._row, -1, np.int32)
        """Flat position -> number of the target there, or -1."""
        self.number[self.flat(self.target_y, self.target_x)] = np.arange(self.targets, dtype=np.int32)

    def snap(self, y: Indices, x: Indices) -> tuple[Indices, Indices]:
        """The source nearest to each position, which may lie outside the picture."""
        nearest = self._snap[np.clip(y, 0, self.height - 1), np.clip(x, 0, self.width - 1)]
        return self.source_y[nearest], self.source_x[nearest]

    def flat(self, y: Indices, x: Indices) -> Indices:
        """Flat positions, in a frame that leaves RADIUS pixels beyond each of the picture's borders."""
        return (y + RADIUS) * np.int32(self._row) + (x + RADIUS)

    def packed(self) -> npt.NDArray[np.uint32]:
        """The picture as it is now, mirrored beyond its borders: flat position -> red, green, blue, height in one number."""
        four = np.zeros((self.height + 2 * RADIUS, self._row, 4), np.uint8)
        mirror = cv2.BORDER_REFLECT_101
        four[..., :3] = cv2.copyMakeBorder(self.picture, RADIUS, RADIUS, RADIUS, RADIUS, mirror)
        four[..., 3] = np.rint(np.arange(len(four)) * (RISE / self.height))[:, None]
        return four.view(np.uint32).ravel()

    def patches(self, packed: npt.NDArray[np.uint32], y: Indices, x: Indices) -> npt.NDArray[np.uint8]:
        """Patches as rows of bytes: (patches, pixels * 4), red, green, blue and height in turn."""
        pixels = packed[self.flat(y, x)[:, None] + self.window]
        return cast(npt.NDArray[np.uint8], pixels.view(np.uint8))

    def costs(self, packed: npt.NDArray[np.uint32], patches: npt.NDArray[np.uint8], y: Indices, x: Indices) -> Costs:
        """Sum of squared differences between ``patches`` and those at (y, x). Whole numbers, below 2**24: exact."""
        costs = np.empty(len(y), np.float32)
        for start in range(0, len(y), _CHUNK):
            part = slice(start, start + _CHUNK)
            difference = cv2.absdiff(patches[part], self.patches(packed, y[part], x[part]))
            squared = cv2.multiply(difference, difference, dtype=cv2.CV_32F)
            costs[part] = cv2.reduce(squared, 1, cv2.REDUCE_SUM).ravel()
        return costs


def pyramid(picture: Image, hole: Mask, smallest: int) -> list[Level]:
    """Levels from coarse to fine, each half the size of the next, down to a shorter side of ``smallest`` pixels or more.

    Coarse pixels are the mean of the known pixels below them; one is a hole where less than half of it is known.
    """
    levels = [Level(picture, hole)]
    while min(hole.shape) // 2 >= smallest:
        size = ((hole.shape[1] + 1) // 2, (hole.shape[0] + 1) // 2)
        known = (~hole).astype(np.float32)
        weight = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
        colours = cv2.resize(picture.astype(np.float32) * known[..., None], size, interpolation=cv2.INTER_AREA)
        hole = weight < 0.5
        if hole.all() or not hole.any():
            break
        picture = np.rint(colours / np.maximum(weight, 0.5)[..., None]).astype(np.uint8)
        levels.append(Level(picture, hole))
    return levels[::-1]


def _positions(mask: Mask) -> tuple[Indices, Indices]:
    y, x = np.nonzero(mask)
    return y.astype(np.int32), x.astype(np.int32)
