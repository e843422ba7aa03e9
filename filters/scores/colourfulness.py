"""Colourfulness as people rate it."""

from __future__ import annotations

import numpy as np

from ieiw.filters.scores.base import PictureScore
from ieiw.triplets.records import Image


class Colourfulness(PictureScore):
    """M3 of Hasler and Süsstrunk, "Measuring colourfulness in natural images", 2003: 0 grey, 45 moderate, above 100 extreme."""

    name = "colourfulness"

    def of_picture(self, picture: Image) -> float:
        """From 0 up, hardly above 150."""
        red, green, blue = (picture[..., channel].astype(np.float32) for channel in range(3))
        red_green, yellow_blue = red - green, (red + green) / 2 - blue
        spread = float(np.hypot(red_green.std(), yellow_blue.std()))
        centre = float(np.hypot(red_green.mean(), yellow_blue.mean()))
        return spread + 0.3 * centre
