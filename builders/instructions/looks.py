"""What the pixels beneath a mask tell a sentence: a clear colour, and a place in the picture."""

from __future__ import annotations

import cv2
import numpy as np

from ieiw.triplets.images.masks import bounding_box
from ieiw.triplets.records import Image, Mask

_MOST_OF_IT = 0.6
"""Share of the mask's pixels that a clear colour has."""
_OF_SURROUNDINGS = 0.6
"""Where the surroundings have as large a share of it, in proportion, the colour is the light's."""
_LEAST = 64
"""Fewer pixels tell nothing."""
_COLOURS: dict[str, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    "red": ((171, 6), (120, 255), (80, 255)),
    "orange": ((8, 18), (150, 255), (170, 255)),
    "brown": ((4, 20), (80, 220), (35, 140)),
    "yellow": ((22, 34), (110, 255), (130, 255)),
    "green": ((38, 85), (80, 255), (50, 255)),
    "blue": ((95, 128), (90, 255), (60, 255)),
    "purple": ((132, 155), (70, 255), (50, 255)),
    "pink": ((156, 174), (50, 140), (150, 255)),
    "black": ((0, 179), (0, 255), (0, 45)),
    "white": ((0, 179), (0, 28), (205, 255)),
}
"""Colour -> first and last hue (0..179, round the circle), saturation and brightness (0..255) of what everybody calls so. Grey is
not among them: in shade, white is grey."""
_SIDE, _MIDDLE, _WIDE = 0.42, 0.08, 0.7
"""Shares of the picture: how far from the left a side's centre may lie, how far off the centre the middle, how wide it may be."""


def clear_colour(image: Image, mask: Mask) -> str:
    """The colour that everybody would name, or empty where there is none.

    Args:
        image: (height, width, 3), RGB.
        mask: (height, width), true where the thing is.
    """
    if np.count_nonzero(mask) < _LEAST:
        return ""
    shades = cv2.cvtColor(image, cv2.COLOR_RGB2HSV).astype(np.uint8, copy=False)
    shares = {name: _share(shades[mask], name) for name in _COLOURS}
    name = max(shares, key=lambda each: shares[each])
    if shares[name] < _MOST_OF_IT or (not mask.all() and _share(shades[~mask], name) > _OF_SURROUNDINGS * shares[name]):
        return ""
    return name


def _share(pixels: Image, name: str) -> float:
    """Of the pixels (N, 3), in hue, saturation and brightness, that have a colour."""
    (first, last), saturations, values = _COLOURS[name]
    hue, saturation, value = pixels[:, 0], pixels[:, 1], pixels[:, 2]
    near = (hue >= first) & (hue <= last) if first <= last else (hue >= first) | (hue <= last)
    vivid = (saturation >= saturations[0]) & (saturation <= saturations[1])
    return float(np.mean(near & vivid & (value >= values[0]) & (value <= values[1])))


def place_of(mask: Mask) -> str:
    """Where in the picture the thing is: ``on the left``, ``in the middle``; empty where that is not clear.

    Args:
        mask: (height, width), true where the thing is; may be empty.
    """
    if not mask.any():
        return ""
    x, y, width, height = bounding_box(mask)
    tall, wide = mask.shape
    return place_of_box((x / wide, y / tall, width / wide, height / tall))


def place_of_box(box: tuple[float, float, float, float]) -> str:
    """The same of a box: x, y, width, height in shares of the picture."""
    left, top = box[:2]
    right, bottom = left + box[2], top + box[3]
    middle = (left + right) / 2
    sides = (("on the left", middle < _SIDE and right < 0.6), ("on the right", middle > 1 - _SIDE and left > 0.4))
    ends = (("at the top", bottom < 0.5), ("at the bottom", top > 0.5))
    central = abs(middle - 0.5) < _MIDDLE and abs((top + bottom) / 2 - 0.5) < 2 * _MIDDLE and right - left < _WIDE
    return next((said for said, holds in (*sides, *ends, ("in the middle", central)) if holds), "")
