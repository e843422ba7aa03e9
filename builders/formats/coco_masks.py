"""COCO's ``segmentation`` field in each of its three forms, as the official tools read it, and refused where they would crash."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, cast

import numpy as np

from ieiw.triplets.images.masks import Rle, from_rle
from ieiw.triplets.records import Mask
from ieiw.triplets.rejects import Reason, Refusal

_MOST_PIXELS = 64_000_000
_MOST_RUNS = 4_000_000


def segmentation_mask(segmentation: Any, size: tuple[int, int]) -> Mask:
    """A region as COCO's annotations hold it: polygons ``[[x, y, …], …]`` or run lengths, plain or compressed.

    Polygons of fewer than three points enclose nothing and are left out, as the official tools do. A list may hold run lengths
    too, one for each part, as RefClef's does.

    Args:
        segmentation: the JSON value.
        size: (width, height) of the picture that it was drawn on.

    Raises:
        Refusal: ``mask_size_mismatch`` where run lengths are of another size; ``mask_unreadable`` where it is none of these.
    """
    if isinstance(segmentation, dict):
        return _from_runs(segmentation, size)
    if not isinstance(segmentation, list):
        raise Refusal(Reason.MASK_UNREADABLE, "segmentation is neither polygons nor run lengths")
    whole = _polygons_mask([part for part in segmentation if not isinstance(part, dict)], size)
    for part in segmentation:
        if isinstance(part, dict):
            whole |= _from_runs(part, size)
    return whole


def _polygons_mask(polygons: list[Any], size: tuple[int, int]) -> Mask:
    from pycocotools import mask as coco

    width, height = size
    drawn = []
    for flat in polygons:
        sound = isinstance(flat, list) and len(flat) % 2 == 0
        if not sound or not all(type(value) in (int, float) and math.isfinite(value) for value in flat):
            raise Refusal(Reason.MASK_UNREADABLE, "a polygon is no list of finite x, y pairs")
        if len(flat) >= 6:  # clipped so far out that it makes no difference where a corner lies
            drawn.append([max(-1e5, min(1e5, float(value))) for value in flat])
    if not drawn:
        return np.zeros((height, width), np.bool_)
    runs = coco.merge(coco.frPyObjects(drawn, height, width))
    return cast(Mask, coco.decode(runs).astype(np.bool_))


def union(segmentations: Iterable[Any], size: tuple[int, int]) -> Mask:
    """All of several regions; empty for none.

    Raises:
        Refusal: as :func:`segmentation_mask`.
    """
    whole = np.zeros((size[1], size[0]), np.bool_)
    for segmentation in segmentations:
        whole |= segmentation_mask(segmentation, size)
    return whole


def _from_runs(runs: dict[str, Any], size: tuple[int, int]) -> Mask:
    shape, counts = runs.get("size"), runs.get("counts")
    if not (isinstance(shape, list) and len(shape) == 2 and all(type(side) is int and side > 0 for side in shape)):
        raise Refusal(Reason.MASK_UNREADABLE, "run lengths without a size [height, width]")
    if (shape[1], shape[0]) != size:
        raise Refusal(Reason.MASK_SIZE_MISMATCH, f"run lengths {shape[1]} x {shape[0]}, picture {size[0]} x {size[1]}")
    if isinstance(counts, list):
        if not all(type(count) is int and count >= 0 for count in counts) or sum(counts) != size[0] * size[1]:
            raise Refusal(Reason.MASK_UNREADABLE, "run lengths that do not cover the picture")
        values = np.arange(len(counts)) % 2 == 1
        return np.repeat(values, counts).reshape(size).T
    if not isinstance(counts, (str, bytes)) or len(counts) > _MOST_RUNS or size[0] * size[1] > _MOST_PIXELS:
        raise Refusal(Reason.MASK_UNREADABLE, "run lengths that are neither a list nor a string")
    text = counts.decode("latin-1") if isinstance(counts, bytes) else counts
    if _covered(text) != size[0] * size[1]:  # pycocotools would read and write beyond its memory
        raise Refusal(Reason.MASK_UNREADABLE, "run lengths that do not cover the picture")
    return from_rle(Rle((shape[0], shape[1]), text))


def _covered(text: str) -> int:
    """Pixels that compressed run lengths cover; -1 where they are no such text. The format is COCO's, see ``rleFrString``."""
    runs: list[int] = []
    value, shift = 0, 0
    for letter in text:
        code = ord(letter) - 48
        if not 0 <= code < 64:
            return -1
        value |= (code & 31) << shift
        shift += 5
        if code & 32:
            continue
        if code & 16:
            value -= 1 << shift
        runs.append(value + runs[-2] if len(runs) > 2 else value)
        if runs[-1] < 0:
            return -1
        value, shift = 0, 0
    return sum(runs) if shift == 0 else -1
