"""The painter's view of a picture: a square around the hole, and the way back that leaves every other pixel as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import Field

from ieiw.builders.options import Options
from ieiw.triplets.images.masks import bounding_box, dilate
from ieiw.triplets.records import Image, Mask
from ieiw.triplets.rejects import Reason, Refusal

LIKENESS = "likeness"
"""Cosine of what was painted to its reference, by the gallery's embedder."""
Weights = npt.NDArray[np.float32]


class PaintRules(Options):
    """How a reference is painted in."""

    seeds: int = Field(default=1, ge=1, le=64)
    """Paintings of each reference, of which the best is kept."""
    context: float = Field(default=1.8, ge=1, le=8)
    """Side of the square that the painter sees, in sides of the hole's box."""
    grow: float = Field(default=6.0, ge=0, le=100)
    """The hole grows beyond the region by so many per cent of the square root of its area, and by two pixels."""
    feather: float = Field(default=3.0, ge=0, le=64)
    """Width in pixels of the seam, which lies within the hole."""
    max_hole: float = Field(default=0.85, gt=0, lt=1)
    """Share of the picture that a hole may cover."""
    scores: dict[str, float] = Field(default_factory=lambda: {LIKENESS: 1.0})
    """``likeness`` or a score of pixels -> its weight in the sum by which the best candidate is chosen; 0 is only recorded."""
    min_likeness: float = Field(default=-1.0, ge=-1, le=1)
    """Likeness below which the best candidate is refused."""


def grown(region: Mask, rules: PaintRules) -> Mask:
    """(height, width): what must not be seen any more, the region and what surrounds it closely."""
    return dilate(region, rules.grow, 2)


def hole_of(gone: Mask, rules: PaintRules, as_box: bool) -> Mask:
    """Where the painter may paint.

    Args:
        gone: (height, width), see :func:`grown`.
        rules: how much of a picture it may be.
        as_box: its box, as painters are trained on, instead of its outline.

    Raises:
        Refusal: ``region_too_large``: too little of the picture would be left.
    """
    hole = gone
    if as_box:
        x, y, width, height = bounding_box(gone)
        hole = np.zeros_like(gone)
        hole[y : y + height, x : x + width] = True
    share = np.count_nonzero(hole) / hole.size
    if share > rules.max_hole:
        raise Refusal(
            Reason.REGION_TOO_LARGE, f"its hole covers {share:.2f} of the picture, the most is {rules.max_hole}"
        )
    return hole


@dataclass(frozen=True, slots=True)
class Window:
    """A square of a picture, in its pixels. It may reach beyond the border, where the picture is mirrored."""

    x: int
    y: int
    side: int

    @classmethod
    def around(cls, hole: Mask, context: float) -> Window:
        """The square around a hole; it keeps within the picture as far as it is smaller."""
        x, y, width, height = bounding_box(hole)
        tall, wide = hole.shape
        side = max(width, height, min(round(max(width, height) * context), max(tall, wide)))
        left, top = x + width // 2 - side // 2, y + height // 2 - side // 2
        return cls(_kept(left, side, wide), _kept(top, side, tall), side)

    def cut(self, picture: Image, side: int | None) -> Image:
        """The square, scaled to ``side`` pixels where that is given."""
        square = _square(picture, self, "reflect")
        if side is None or side == self.side:
            return square
        way = cv2.INTER_AREA if side < self.side else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(square, (side, side), interpolation=way))

    def cut_mask(self, mask: Mask, side: int | None) -> Mask:
        """The same of a mask, which is false outside the picture."""
        square = _square(mask.view(np.uint8), self, "constant")
        if side is not None and side != self.side:
            square = np.asarray(cv2.resize(square, (side, side), interpolation=cv2.INTER_NEAREST), np.uint8)
        return square.view(np.bool_)

    def put_back(self, picture: Image, painted: Image, hole: Mask, feather: float) -> Image:
        """A picture with what was painted in its hole; outside the hole, not one pixel differs.

        Args:
            picture: (height, width, 3), of which the square was cut.
            painted: the square as it was painted, of any side.
            hole: (height, width).
            feather: width of the seam in pixels, within the hole.
        """
        way = cv2.INTER_AREA if painted.shape[0] > self.side else cv2.INTER_CUBIC
        square = cv2.resize(painted, (self.side, self.side), interpolation=way)
        result = picture.copy()
        x, y, width, height = bounding_box(hole)
        down, across = (
            slice(max(0, y - 1), y + height + 1),
            slice(max(0, x - 1), x + width + 1),
        )  # nothing else can differ
        alpha = seam(np.ascontiguousarray(hole[down, across]), feather)[1 if y else 0 :, 1 if x else 0 :]
        place = (slice(y, y + height), slice(x, x + width))
        weights = alpha[:height, :width, None]
        old = picture[place].astype(np.float32)
        inside = square[y - self.y :, x - self.x :][:height, :width]
        mixed = old + weights * (inside.astype(np.float32) - old)
        result[place] = np.where(weights > 0, np.rint(mixed), old).astype(np.uint8)
        return result


def seam(hole: Mask, feather: float) -> Weights:
    """(height, width) of weights: 0 outside the hole, rising to 1 within ``feather`` pixels of its edge.

    Where the picture ends the hole does not: there is no seam at the border.
    """
    if feather <= 0:
        return hole.astype(np.float32)
    padded = cv2.copyMakeBorder(hole.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    deep = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1]
    weights: Weights = np.minimum(1, deep / (feather + 1)).astype(np.float32) * hole
    return weights


def _kept(start: int, side: int, whole: int) -> int:
    """Where a stretch starts so that it lies inside; centred over the whole where it is longer."""
    return min(max(0, start), whole - side) if side <= whole else -((side - whole) // 2)


def _square(array: Image, window: Window, beyond: Literal["reflect", "constant"]) -> Image:
    tall, wide = array.shape[:2]
    x, y, side = window.x, window.y, window.side
    inside = array[max(0, y) : min(tall, y + side), max(0, x) : min(wide, x + side)]
    top, left = max(0, -y), max(0, -x)
    missing = [(top, side - top - inside.shape[0]), (left, side - left - inside.shape[1])]
    return np.ascontiguousarray(np.pad(inside, missing + [(0, 0)] * (array.ndim - 2), mode=beyond))
