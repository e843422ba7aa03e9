"""Seam: whether the edge of the hole can be seen in the edited picture."""

from __future__ import annotations

import numpy as np

from ieiw.filters.scores._luminance import relative_slope
from ieiw.filters.scores.base import Pair, PairScore

_BAND = 3  # pixels on each side that the step is compared with


class Seam(PairScore):
    """Step across the hole's edge in the picture that was painted, over the steps in the bands on both sides of it.

    1 where the edge is like its surroundings; above 1 where a line follows the hole. The larger value of source and target, since
    the painted one is the source of an addition and the target of a removal. NaN without a hole.
    """

    name = "seam"
    better = "lower"

    def of_pair(self, pair: Pair) -> float:
        """From 0 up."""
        import cv2

        if pair.hole is None or not pair.hole.any() or pair.hole.all():
            return float("nan")
        hole = pair.hole.astype(np.uint8)
        small, wide = (cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r + 1, 2 * r + 1)) for r in (1, 1 + _BAND))
        edge = (cv2.dilate(hole, small) - cv2.erode(hole, small)).astype(np.bool_)
        around = (cv2.dilate(hole, wide) - cv2.erode(hole, wide)).astype(np.bool_) & ~edge
        if not edge.any() or not around.any():
            return float("nan")
        return max(relative_slope(picture, edge, around) for picture in (pair.source, pair.target))
