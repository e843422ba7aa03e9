"""Contrast: how far luminance spreads."""

from __future__ import annotations

from ieiw.filters.scores._luminance import luminance
from ieiw.filters.scores.base import PictureScore
from ieiw.triplets.records import Image


class Contrast(PictureScore):
    """Root mean square contrast (Peli, "Contrast in complex images", 1990): standard deviation of luminance over 255."""

    name = "contrast"

    def of_picture(self, picture: Image) -> float:
        """0..0.5."""
        return float(luminance(picture).std() / 255)
