"""What people call a colour: one of the eleven basic names (Berlin and Kay, 1969), or none."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from ieiw.triplets.images.masks import bounding_box
from ieiw.triplets.records import Image, Mask

NAMES = ("black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown")
_CLEAR = 0.6
_SIDE = 128
"""Regions are looked at in this size: fine texture is seen as its mean, as from afar."""

Floats = npt.NDArray[np.float32]


def clear_colour(image: Image, mask: Mask) -> str:
    """The basic name of a region's colour; empty unless one name holds for more than 60 % of it.

    Args:
        image: (height, width, 3).
        mask: (height, width), the region.
    """
    colours = _colours(image, mask)
    shares = {name: float(which.mean()) for name, which in _named(colours).items()} if len(colours) else {}
    name = max(shares, key=lambda each: shares[each], default="")
    return name if shares.get(name, 0) > _CLEAR else ""


def _named(lab: Floats) -> dict[str, npt.NDArray[np.bool_]]:
    """Which of the colours (N, 3) in CIELAB bear each name. Borders leave out what people disagree on: skin, beige, cream, teal."""
    light, chroma = lab[:, 0], np.hypot(lab[:, 1], lab[:, 2])
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360
    dark = (light < 22) & (chroma < 14 + (22 - light) / 2)
    plain, some = ~dark & (chroma < 8), ~dark & (chroma >= 14)
    full = some & (chroma >= 35)

    def between(low: float, high: float) -> npt.NDArray[np.bool_]:
        if high > 360:
            return (hue >= low) | (hue < high - 360)
        return (hue >= low) & (hue < high)

    return {
        "black": dark,
        "white": plain & (light >= 85),
        "grey": plain & (light >= 30) & (light < 80),
        "red": full & between(5, 48) & (light < 62),
        "orange": full & (chroma >= 50) & between(48, 76) & (light >= 52),
        "yellow": full & between(76, 112) & (light >= 60),
        "green": some & between(112, 180) | some & between(100, 112) & (light < 60),
        "blue": (chroma >= 18) & between(220, 308),
        "purple": some & between(310, 345) & (light < 62),
        "pink": some & (chroma >= 20) & between(335, 380) & (light >= 62),
        "brown": some & between(38, 85) & (light >= 12) & (light < 48) & (chroma < 50),
    }


def _colours(image: Image, mask: Mask) -> Floats:
    """CIELAB (N, 3) of those pixels of a small size that lie wholly in the region, or else of all that touch it."""
    x, y, width, height = bounding_box(np.ascontiguousarray(mask))
    if not width:
        return np.empty((0, 3), np.float32)
    part = np.ascontiguousarray(image[y : y + height, x : x + width])
    inside = mask[y : y + height, x : x + width].astype(np.float32)
    scale = min(1.0, _SIDE / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    part = cast(Image, cv2.resize(part, size, interpolation=cv2.INTER_AREA))
    inside = cast(Floats, cv2.resize(inside, size, interpolation=cv2.INTER_AREA))
    whole = inside > 0.99
    chosen = part[whole if whole.any() else inside > 0].astype(np.float32) / np.float32(255)
    return cast(Floats, cv2.cvtColor(chosen[:, None], cv2.COLOR_RGB2LAB)[:, 0])
