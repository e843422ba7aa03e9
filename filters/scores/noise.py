"""Noise: its standard deviation, measured where the picture itself is smooth."""

from __future__ import annotations

import math

import numpy as np

from ieiw.filters.scores._luminance import luminance
from ieiw.filters.scores.base import PictureScore
from ieiw.triplets.records import Image

_MASK = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
"""Blind to planes; its response to noise has deviation 6."""
_PATCH = 8
_SMOOTH = 0.1


class Noise(PictureScore):
    """Immerkær's estimate ("Fast noise variance estimation", 1996) in patches of 8 x 8; the tenth percentile over patches.

    Over the whole picture that estimate takes texture for noise; its smoothest tenth shows noise alone. In grey levels of 255.
    """

    name = "noise"
    better = "lower"

    def of_picture(self, picture: Image) -> float:
        """From 0 up; about the standard deviation of added white noise."""
        import cv2

        response = np.abs(cv2.filter2D(luminance(picture), cv2.CV_32F, _MASK))[1:-1, 1:-1]
        mean = cv2.boxFilter(response, -1, (_PATCH, _PATCH))[_PATCH // 2 :: _PATCH, _PATCH // 2 :: _PATCH]
        return float(np.quantile(mean, _SMOOTH) * math.sqrt(math.pi / 2) / 6)
