"""A region in white on black, instead of paint over the picture."""

from __future__ import annotations

import numpy as np

from ieiw.triplets import records
from ieiw.triplets.drawings.asked import AskedClass
from ieiw.triplets.images.masks import Rle
from ieiw.triplets.records import Image, Mask

_HALF = 128


class Answer(records.Answer, tag="white-mask", frozen=True, kw_only=True):
    """The region of a class; fields as those of :class:`ieiw.triplets.drawings.region.Answer`."""

    asked: AskedClass
    present: bool
    mask: Rle
    void: Rle
    box: tuple[int, ...]


def draw(mask: Mask) -> Image:
    """White where the mask is true, black elsewhere."""
    return np.repeat(mask.astype(np.uint8)[..., None] * np.uint8(255), 3, axis=2)


def read(target: Image) -> Mask:
    """Where a picture in black and white is white: mean of the channels 128 or more. Mask (height, width)."""
    return np.asarray(target.astype(np.uint16).sum(axis=2) >= 3 * _HALF, np.bool_)
