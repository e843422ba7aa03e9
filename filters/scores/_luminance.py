"""Luminance, which most classical scores look at."""

from __future__ import annotations

from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt

from triplets.records import Image


def luminance(picture: Image) -> npt.NDArray[np.float32]:
    """Rec. 601 luma, 0..255, (height, width)."""
    return cast(npt.NDArray[np.float32], cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32))


def difference(first: Image, second: Image) -> npt.NDArray[Any]:
    """Largest absolute difference of the three channels at each pixel, 0..255, (height, width)."""
    return np.asarray(cv2.absdiff(first, second).max(axis=2))
