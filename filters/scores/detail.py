"""Detail: whether what was painted into the hole is as rich as the picture around it."""

from __future__ import annotations

import numpy as np

from ieiw.filters.scores._luminance import relative_slope
from ieiw.filters.scores.base import Pair, PairScore


class DetailInside(PairScore):
    """Mean slope inside the hole over that in a band around it, which is as wide as the hole is thick.

    About 1 where both are alike; towards 0 where the hole was filled with a colour or a smear. The smaller value of source and
    target, since the painted one is the source of an addition and the target of a removal. NaN without a hole or a band.
    """

    name = "detail-inside"

    def of_pair(self, pair: Pair) -> float:
        """From 0 up."""
        import cv2

        if pair.hole is None or not pair.hole.any():
            return float("nan")
        hole = pair.hole.astype(np.uint8)
        thick = max(3, int(cv2.distanceTransform(hole, cv2.DIST_L2, 3).max()))
        far = cv2.distanceTransform(1 - hole, cv2.DIST_L2, 3) if not hole.all() else np.zeros(hole.shape, np.float32)
        band = (far > 2) & (far <= thick + 2)  # the edge itself belongs to neither
        inside = cv2.erode(hole, np.ones((5, 5), np.uint8), borderValue=1).astype(np.bool_)
        if not band.any() or not inside.any():
            return float("nan")
        return min(relative_slope(picture, inside, band) for picture in (pair.source, pair.target))
