"""Something of a picture that is gone: a region erased by painting a hole around it."""

from __future__ import annotations

import cv2
import numpy as np

from ieiw.triplets import records
from ieiw.triplets.images.masks import Rle
from ieiw.triplets.records import Image, Mask


class Answer(records.Answer, tag="erasure", frozen=True, kw_only=True):
    """What is there in one picture and gone from the other; the same for a removal and its addition.

    Attributes:
        phrase: the data set's words for it.
        region: of the thing.
        hole: where pixels differ; it holds the region.
        box: x, y, width, height of the region, in pixels.
        instances: how many things the phrase means.
    """

    phrase: str
    region: Rle
    hole: Rle
    box: tuple[int, ...]
    instances: int


def draw(image: Image, painted: Image, hole: Mask) -> Image:
    """A picture with what an inpainter painted, in the hole alone: outside, not one pixel changes."""
    erased = image.copy()
    cv2.copyTo(painted, hole.view(np.uint8), erased)
    return erased
