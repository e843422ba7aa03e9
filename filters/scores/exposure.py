"""Exposure: the share of pixels that are neither crushed to black nor blown to white."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ieiw.filters.scores._luminance import luminance
from ieiw.triplets.records import Image

_BLACK, _WHITE = 4, 251


class Exposure:
    """Share of pixels with luminance within 4..251; 1 for a well exposed picture, 0 for a black or white one."""

    name = "exposure"
    version = 1
    better: Literal["higher", "lower"] = "higher"

    def of_picture(self, picture: Image) -> float:
        """0..1."""
        grey = luminance(picture)
        return float(np.mean((grey >= _BLACK) & (grey <= _WHITE)))
