"""How sharp a region is, whatever its size and what it shows."""

from __future__ import annotations

import cv2
import numpy as np

from ieiw.builders.replacement.regions import Outlined
from ieiw.triplets.records import Image

SHARP_AT = 224
"""Sharpness is measured with the region's longer side at so many pixels, as embedders see it."""


def sharpness_of(picture: Image, region: Outlined) -> float:
    """How much fine detail a region shows: the standard deviation, in grey levels, of the Laplacian of its pixels.

    The region's box is first brought to :data:`SHARP_AT` pixels, so that its size says nothing; one that must be enlarged for that
    is as smooth as it then looks. Its outline, an edge in any case, is left out.

    Args:
        picture: (height, width, 3).
        region: of the same size.

    Returns:
        0 for what is flat; 2 to 5 for what is out of focus; mostly above 10 for what is sharp.
    """
    x, y, width, height = region.box
    crop, silhouette = picture[y : y + height, x : x + width], region.mask[y : y + height, x : x + width]
    scale = SHARP_AT / max(crop.shape[:2])
    size = max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grey = cv2.resize(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), size, interpolation=way).astype(np.float32)
    inner = cv2.resize(silhouette.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST_EXACT)
    inner = cv2.erode(inner, np.ones((5, 5), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0).astype(np.bool_)
    return float(cv2.Laplacian(grey, cv2.CV_32F)[inner].std()) if inner.any() else 0.0
