"""COCO's ``segmentation`` field in each of its three forms, as the official tools read it, and refused where they would crash."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeVar, cast

import msgspec
import numpy as np

from ieiw.triplets.images.masks import Rle, from_rle
from ieiw.triplets.records import Mask
from ieiw.triplets.rejects import Reason, Refusal

Segmentation = list[list[float] | dict[str, Any]] | dict[str, Any]
"""The field as msgspec reads it: polygons ``[[x, y, …], …]``, run lengths, or a list of both."""
_MOST_PIXELS = 64_000_000
_MOST_RUNS = 4_000_000


def polygons_of(segmentation: Any) -> list[list[float]] | None:
    """The polygons of a region that consists of nothing else; None where it is, or holds, run lengths."""
    if not isinstance(segmentation, list) or any(isinstance(part, dict) for part in segmentation):
        return None
    return segmentation


def segmentation_mask(segmentation: Any, size: tuple[int, int] | None) -> Mask:
    """A region as COCO's annotations hold it: polygons ``[[x, y, …], …]`` or run lengths, plain or compressed.

    Polygons of fewer than three points enclose nothing and are left out, as the official tools do. A list may hold run lengths
    too, one for each part, as RefClef's does.

    Args:
        segmentation: the JSON value.
        size: (width, height) of the picture that it was drawn on; None takes run lengths' own.

    Raises:
        Refusal: ``mask_size_mismatch`` where run lengths are of another size; ``mask_unreadable`` where it is none of these.
    """
    parts = [segmentation] if isinstance(segmentation, dict) else segmentation
    if not isinstance(parts, list):
        raise Refusal(Reason.MASK_UNREADABLE, "segmentation is neither polygons nor run lengths")
    runs = [part for part in parts if isinstance(part, dict)]
    if size is None:
        size = _size(runs[0] if runs else {})
    whole = _polygons_mask([part for part in parts if not isinstance(part, dict)], size)
    for part in runs:
        whole |= _from_runs(part, size)
    return whole


def _polygons_mask(polygons: list[Any], size: tuple[int, int]) -> Mask:
    from pycocotools import mask as coco

    width, height = size
    drawn = []
    for flat in polygons:
        values = read_numbers(flat, float)
        if values is None or len(values) % 2 or not all(map(math.isfinite, values)):
            raise Refusal(Reason.MASK_UNREADABLE, "a polygon is no list of finite x, y pairs")
        if len(values) >= 6:  # clipped so far out that it makes no difference where a corner lies
            drawn.append([max(-1e5, min(1e5, value)) for value in values])
    if not drawn:
        return np.zeros((height, width), np.bool_)
    runs = coco.merge(coco.frPyObjects(drawn, height, width))
    return cast(Mask, coco.decode(runs).astype(np.bool_))


_Number = TypeVar("_Number", int, float)


def read_numbers(values: Any, kind: type[_Number]) -> list[_Number] | None:
    """A JSON list of numbers, which conversions also write as text, and whole ones as ``640.0``; None where it is none."""
    try:
        return msgspec.convert(values, list[kind], strict=False)  # type: ignore[valid-type]
    except (ValueError, OverflowError):
        return None


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
    own, counts = _size(runs), runs.get("counts")
    if own != size:
        raise Refusal(Reason.MASK_SIZE_MISMATCH, f"run lengths {own[0]} x {own[1]}, picture {size[0]} x {size[1]}")
    if isinstance(counts, list):
        lengths = read_numbers(counts, int)
        if not lengths or min(lengths) < 0 or sum(lengths) != size[0] * size[1]:
            raise Refusal(Reason.MASK_UNREADABLE, "run lengths that do not cover the picture")
        values = np.arange(len(lengths)) % 2 == 1
        return np.repeat(values, lengths).reshape(size).T
    if not isinstance(counts, (str, bytes)) or len(counts) > _MOST_RUNS:
        raise Refusal(Reason.MASK_UNREADABLE, "run lengths that are neither a list nor a string")
    text = counts.decode("latin-1") if isinstance(counts, bytes) else counts
    if _covered(text) != size[0] * size[1]:  # pycocotools would read and write beyond its memory
        raise Refusal(Reason.MASK_UNREADABLE, "run lengths that do not cover the picture")
    return from_rle(Rle((size[1], size[0]), text))


def _size(runs: dict[str, Any]) -> tuple[int, int]:
    """Width and height that run lengths declare."""
    shape = read_numbers(runs.get("size"), int)
    if shape is None or len(shape) != 2 or min(shape) <= 0 or shape[0] * shape[1] > _MOST_PIXELS:
        raise Refusal(Reason.MASK_UNREADABLE, "run lengths without a size [height, width]")
    return shape[1], shape[0]


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
