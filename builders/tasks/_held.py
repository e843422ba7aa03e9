"""What goes with somebody who goes: what they hold, wear or stand on would be left in the air."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ieiw.builders.formats.coco_masks import segmentation_mask
from ieiw.triplets.images.masks import dilate
from ieiw.triplets.records import Mask

_TOUCH = 0.01
"""Outlines touch where they are no further apart than this share of the picture's shorter side: they are drawn by hand."""


def with_held(region: Mask, held: Iterable[Any], size: tuple[int, int]) -> Mask:
    """A region together with those of ``held`` (COCO segmentations) that touch it, on a picture of this (width, height).

    Raises:
        Refusal: as :func:`~ieiw.builders.formats.coco_masks.segmentation_mask`.
    """
    whole = region
    for segmentation in held:
        mask = segmentation_mask(segmentation, size)
        if (region & dilate(mask, 0, max(2.0, _TOUCH * min(size)))).any():
            whole = whole | mask
    return whole
