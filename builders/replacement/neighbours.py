"""Which neighbours of a region may take its place: neither itself once more, nor what never fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
from pydantic import Field, model_validator

from ieiw.builders.options import Options
from ieiw.builders.replacement.alike import same_kind
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.layout.replacement import Reference, Retrieved
from ieiw.triplets.records import Mask

_GRID = 32


class RetrieveRules(Options):
    """How references are chosen among the neighbours of a region."""

    references: int = Field(default=2, ge=1, le=32)
    """How many are painted with."""
    neighbours: int = Field(default=200, ge=1, le=10_000)
    """How many the gallery is asked for."""
    min_similarity: float = Field(default=0.3, ge=-1, le=1)
    """Cosine below which nothing fits in its place."""
    max_similarity: float = Field(default=0.96, ge=-1, le=1)
    """Cosine above which it is the same thing once more."""
    same_label: Literal["refuse", "keep"] = "refuse"
    """Of a reference that the data set calls by the same name: ``keep`` asks for another look by ``max_similarity`` alone."""
    unlabelled: Literal["", "refuse", "keep"] = ""
    """Of a reference without a name; if not told, it is refused where the captioner knows no names but the data sets' own."""
    max_aspect: float = Field(default=1.6, ge=1)
    """Ratio of the two boxes' ratios of width and height."""
    max_enlarged: float = Field(default=2.5, gt=0)
    """How much larger than it was taken a reference may be shown."""
    min_shape: float = Field(default=0.55, ge=0, le=1)
    """Overlap (intersection over union) of the two silhouettes, each in its box."""

    per_picture: int = Field(default=4, ge=1)
    """Regions of one picture that are replaced, each in a triplet of its own."""

    @model_validator(mode="after")
    def _bounds(self) -> RetrieveRules:
        if self.min_similarity >= self.max_similarity:
            raise ValueError("min_similarity must be below max_similarity")
        return self


def fitting(
    query: Retrieved, found: Sequence[Reference], rules: RetrieveRules
) -> tuple[tuple[Reference, ...], Counter[str]]:
    """The references to paint with, the nearest first.

    Args:
        query: the region to be replaced; its ``references`` do not matter.
        found: its neighbours, the nearest first.
        rules: how to choose.

    Returns:
        At most ``rules.references`` of them, none of two from one picture, and why others were passed over: word -> how many.
    """
    chosen: list[Reference] = []
    passed: Counter[str] = Counter()
    shape = _shape(from_rle(query.outline))
    pictures = {query.picture_sha256}
    for each in found:
        why = _unfit(query, each, rules, shape, pictures)
        if why:
            passed[why] += 1
            continue
        chosen.append(each)
        pictures.add(each.picture_sha256)
        if len(chosen) == rules.references:
            break
    return tuple(chosen), passed


def _unfit(
    query: Retrieved,
    each: Reference,
    rules: RetrieveRules,
    shape: Mask,
    pictures: set[str],
) -> str:
    """Why a neighbour is none to paint with, in a word or two; empty where it is."""
    if each.picture_sha256 in pictures:
        return "of the same picture"
    if each.similarity > rules.max_similarity:
        return "too alike"
    if each.similarity < rules.min_similarity:
        return "too unlike"
    if not each.label and rules.unlabelled == "refuse":
        return "without a name"
    if rules.same_label == "refuse" and query.label and each.label and same_kind(query.label, each.label):
        return "of the same name"
    (_, _, width, height), (_, _, other_width, other_height) = query.box, each.box
    aspect = (width / height) / (other_width / other_height)
    if max(aspect, 1 / aspect) > rules.max_aspect:
        return "of another aspect"
    if max(width / other_width, height / other_height) > rules.max_enlarged:
        return "too small"
    other = _shape(from_rle(each.outline))
    if np.count_nonzero(shape & other) < rules.min_shape * np.count_nonzero(shape | other):
        return "of another shape"
    return ""


def _shape(outline: Mask) -> Mask:
    """A silhouette in its box, on a small square grid."""
    small = cv2.resize(outline.view(np.uint8) * 255, (_GRID, _GRID), interpolation=cv2.INTER_AREA)
    shape: Mask = small >= 128
    return shape
