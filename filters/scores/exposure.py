"""Exposure: the share of pixels that are neither crushed to black nor blown to white."""

from __future__ import annotations

import numpy as np

from ieiw.filters.scores._luminance import luminance
from ieiw.filters.scores.base import PictureScore
from ieiw.triplets.records import Image

_BLACK, _WHITE = 4, 251


class Exposure(PictureScore):
    """Share of pixels with luminance within 4..251; 1 for a well exposed picture, 0 for a black or white one."""

    name = "exposure"

    def of_picture(self, picture: Image) -> float:
        """0..1."""
        grey = luminance(picture)
        return float(np.mean((grey >= _BLACK) & (grey <= _WHITE)))
