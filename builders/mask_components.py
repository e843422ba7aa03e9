"""Whether one outline or mask holds several things: parts of like size that lie far apart.

Something in front of a thing splits it into parts as well, but those lie close to each other for their size. Of 507 outlines of
COCO the widest gap between parts of one thing was 1.2 of the longer part's longer side; two bottles outlined as one had 3.1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import chain

import cv2
import numpy as np

from ieiw.triplets.records import Mask

_FAR = 1.5
"""Parts lie far apart from so many times the longer side of the longer one."""
_ALIKE = 0.15
"""Parts of less than this share of the largest one's area are shreds, and tell nothing."""
_MOST = 100
"""Only so many of the largest parts are compared, each with each: a mask of noise has thousands."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an outline or mask: its area in pixels, and its box's edges."""

    area: float
    left: float
    top: float
    right: float
    bottom: float

    @property
    def side(self) -> float:
        """The longer side of its box."""
        return max(self.right - self.left, self.bottom - self.top)

    def gap(self, other: Part) -> float:
        """Distance of the two boxes, 0 where they meet."""
        across = max(0.0, self.left - other.right, other.left - self.right)
        down = max(0.0, self.top - other.bottom, other.top - self.bottom)
        return math.hypot(across, down)


def polygon_parts(polygons: Iterable[Sequence[float]]) -> list[Part]:
    """A part for each polygon of COCO's form, x, y, x, y, … with three points or more."""
    parts = []
    for flat in polygons:
        if len(flat) >= 6:
            x, y = np.asarray(flat, np.float64).reshape(-1, 2).T
            area = abs(float(np.dot(x, np.roll(y, -1)) - np.dot(np.roll(x, -1), y))) / 2
            parts.append(Part(area, float(x.min()), float(y.min()), float(x.max()), float(y.max())))
    return parts


def mask_parts(mask: Mask) -> list[Part]:
    """A part for each connected component."""
    *_, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return [Part(area, x, y, x + width, y + height) for x, y, width, height, area in statistics[1:].tolist()]


def far_apart(parts: Iterable[Part]) -> bool:
    """Whether parts of like size lie so far apart that they can hardly be one thing."""
    largest = nlargest(_MOST, parts, key=lambda part: part.area)
    groups: list[list[Part]] = []
    for part in largest:
        if part.area < _ALIKE * largest[0].area:
            break
        near = [
            group for group in groups if any(part.gap(other) <= _FAR * max(part.side, other.side) for other in group)
        ]
        groups = [group for group in groups if group not in near] + [[part, *chain.from_iterable(near)]]
    return len(groups) > 1
