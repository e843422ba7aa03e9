"""Contrast: how far luminance spreads."""

from __future__ import annotations

from typing import Literal

from ieiw.filters.scores._luminance import luminance
from ieiw.triplets.records import Image


class Contrast:
    """Root mean square contrast (Peli, "Contrast in complex images", 1990): standard deviation of luminance over 255."""

    name = "contrast"
    version = 1
    better: Literal["higher", "lower"] = "higher"

    def of_picture(self, picture: Image) -> float:
        """0..0.5."""
        return float(luminance(picture).std() / 255)
