"""Masks: from polygons as the official evaluators draw them, dilated, and as COCO run lengths."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import cast

import cv2
import msgspec
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from ieiw.triplets.records import Mask

_FAR = 1e6
Polygon = Sequence[Sequence[float]]
"""Corners as x, y in pixels."""


def polygons_mask(instances: Iterable[Iterable[Polygon]], size: tuple[int, int]) -> Mask:
    """The union of all polygons of all instances, drawn as PhraseCut's official evaluator draws them.

    Coordinates are cut to integers, the outline belongs to the region, polygons of fewer than two points are skipped.

    Args:
        instances: polygons of each instance, in pixels.
        size: (width, height) of the mask.
    """
    canvas = Pillow.new("L", size, 0)
    draw = ImageDraw.Draw(canvas)
    for polygons in instances:
        for polygon in polygons:
            corners = [(_cut(x), _cut(y)) for x, y in polygon]
            if len(corners) >= 2:
                draw.polygon(corners, fill=1, outline=1)
    return np.asarray(canvas, np.uint8).view(np.bool_)


def _cut(value: float) -> int:
    """To an integer, as int() does; what lies absurdly far outside is brought to where drawing still works."""
    return int(max(-_FAR, min(_FAR, value)))


def polygon_area(polygon: Polygon) -> float:
    """Area in square pixels (shoelace), wherever the polygon lies."""
    if len(polygon) < 3:
        return 0.0
    points = np.asarray(polygon, np.float64)
    x, y = points[:, 0], points[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def dilate(mask: Mask, percent: float, pixels: float) -> Mask:
    """Grow a mask on all sides by ``pixels`` plus ``percent`` per cent of the square root of its area, in a round shape."""
    radius = round(pixels + percent / 100 * math.sqrt(int(np.count_nonzero(mask))))
    if radius <= 0:
        return mask
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return cast(Mask, cv2.dilate(mask.astype(np.uint8), kernel).astype(np.bool_))


def bounding_box(mask: Mask) -> tuple[int, int, int, int]:
    """(x, y, width, height) of the true pixels; all zero where there is none."""
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    return int(x), int(y), int(width), int(height)


def box_of(mask: Mask) -> tuple[int, ...]:
    """As :func:`bounding_box`, but empty where no pixel is true: as answers hold boxes."""
    return bounding_box(mask) if mask.any() else ()


class Rle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mask as COCO's compressed run lengths: ``{"size": [height, width], "counts": str}``."""

    size: tuple[int, int]
    counts: str


def to_rle(mask: Mask) -> Rle:
    """The mask's run lengths."""
    height, width = mask.shape
    return Rle((height, width), _counts(mask) if mask.any() else _nothing(height, width))


@lru_cache(maxsize=1024)
def _nothing(height: int, width: int) -> str:
    """An empty mask's run lengths: most pictures have no void, and many triplets no region."""
    return _counts(np.zeros((height, width), np.bool_))


def _counts(mask: Mask) -> str:
    from pycocotools import mask as coco

    columns_first = cv2.transpose(mask.view(np.uint8)).T  # the order pycocotools wants; numpy takes five times as long
    return cast(str, coco.encode(columns_first)["counts"].decode("ascii"))


def from_rle(rle: Rle) -> Mask:
    """The mask of COCO's compressed run lengths, as :func:`to_rle` writes them."""
    from pycocotools import mask as coco

    return cast(Mask, coco.decode({"size": rle.size, "counts": rle.counts.encode("ascii")}).astype(np.bool_))


def overlap(one: Rle, other: Rle) -> int:
    """How many pixels are true in both, without drawing either.

    Raises:
        ValueError: their sizes differ.
    """
    from pycocotools import mask as coco

    if one.size != other.size:
        raise ValueError(f"run lengths of {one.size} and of {other.size}")
    pair = [{"size": rle.size, "counts": rle.counts.encode("ascii")} for rle in (one, other)]
    return int(coco.area(coco.merge(pair, intersect=True)))
