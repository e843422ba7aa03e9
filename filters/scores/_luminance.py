"""Luminance, which most classical scores look at."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import numpy.typing as npt

from ieiw.triplets.records import Image, Mask


def luminance(picture: Image) -> npt.NDArray[np.float32]:
    """Rec. 601 luma, 0..255, (height, width)."""
    import cv2

    return cast(npt.NDArray[np.float32], cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32))


def difference(first: Image, second: Image) -> npt.NDArray[Any]:
    """Largest absolute difference of the three channels at each pixel, 0..255, (height, width)."""
    import cv2

    return np.asarray(cv2.absdiff(first, second).max(axis=2))


def relative_slope(picture: Image, there: Mask, elsewhere: Mask) -> float:
    """Mean slope of the luma in one region over that in another; both regions have pixels.

    One grey level is added to both, so that flat surroundings do not ask for detail.
    """
    import cv2

    grey = luminance(picture)
    slope = np.hypot(cv2.Scharr(grey, cv2.CV_32F, 1, 0), cv2.Scharr(grey, cv2.CV_32F, 0, 1)) / 16
    return float((slope[there].mean() + 1) / (slope[elsewhere].mean() + 1))
