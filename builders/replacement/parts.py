"""Which regions are parts of others in their picture: SA-1B outlines a shirt, its collar and the button as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ieiw.builders.instructions.words import BODY, WORN, singular
from ieiw.builders.replacement.regions import Box, Facts, Refused
from ieiw.triplets.images.masks import Rle, overlap

_PARTS = BODY | WORN | {"wheel", "tire", "plate"}
"""What is a part of what it lies in, though the two have other names."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A region that was drawn once.

    Attributes:
        facts: what the data set tells of it.
        rle: its run lengths; masks are too large to keep.
        box: of its pixels.
        area: how many they are.
        verdict: how sharp it is; or what is wrong with it, whatever else is in the picture.
    """

    facts: Facts
    rle: Rle
    box: Box
    area: int
    verdict: float | Refused


def whole_of(region: Seen, wholes: Sequence[Seen], most: float) -> str:
    """Which larger region a region lies in with more than the share ``most`` of its pixels, in words; empty for none.

    What has another name is another thing, a cup in front of a person, unless it is what bodies and cars have. Of regions with the
    same number of pixels only the later can be the part, so that one of two copies stays.

    Args:
        region: one of the picture's.
        wholes: those that others may be parts of, in the data set's order; perhaps the region among them.
        most: 0..1; at 1 nothing is a part.
    """
    earlier = True
    for whole in wholes:
        if whole is region:
            earlier = False
            continue
        larger = whole.area > region.area or (earlier and whole.area == region.area)
        if not larger or not _may_hold(whole.facts.label, region.facts.label) or not _meet(whole.box, region.box):
            continue
        within = overlap(region.rle, whole.rle) / region.area
        if within > most:
            return f"{within:.2f} of it lies in region {whole.facts.id}"
    return ""


def _may_hold(whole: str, part: str) -> bool:
    return not whole or not part or whole == part or singular(part.split()[-1]) in _PARTS


def _meet(one: Box, other: Box) -> bool:
    across = min(one[0] + one[2], other[0] + other[2]) > max(one[0], other[0])
    return across and min(one[1] + one[3], other[1] + other[3]) > max(one[1], other[1])
