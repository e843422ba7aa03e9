"""Where in the picture a thing is, in words."""

from __future__ import annotations

from ieiw.triplets.images.masks import bounding_box
from ieiw.triplets.records import Mask

_SIDE, _MIDDLE, _WIDE = 0.42, 0.08, 0.7
"""Shares of the picture: how far from the left a side's centre may lie, how far off the centre the middle, how wide it may be."""


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
