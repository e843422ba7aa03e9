"""A picture at output size with the region that was found in it, as every step after the first sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ieiw.triplets.images.codec import resize_mask, resize_short
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.layout.replacement import Retrieved
from ieiw.triplets.records import Image, Mask, OpenRecord


@dataclass(frozen=True, slots=True)
class Scaled:
    """``picture`` (height, width, 3) and ``region`` (height, width)."""

    picture: Image
    region: Mask


def scaled(record: OpenRecord, found: Retrieved, short_side: int) -> Scaled:
    """The picture as the build scales it, and the region in it."""
    stored = record.picture.pixels
    picture = record.once_for_picture("resized", lambda: resize_short(stored, short_side))
    x, y, width, height = found.box
    whole = np.zeros(stored.shape[:2], np.bool_)
    whole[y : y + height, x : x + width] = from_rle(found.outline)
    return Scaled(picture, resize_mask(whole, (picture.shape[1], picture.shape[0])))
