"""Whether a region can be told from the other things of its picture that bear its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ieiw.builders.instructions.captions import of_label
from ieiw.builders.instructions.looks import place_of, place_of_box
from ieiw.builders.instructions.sameness import same_thing
from ieiw.builders.replacement.quality import Good
from ieiw.builders.replacement.regions import Outlined
from ieiw.triplets.images.colour_names import clear_colour
from ieiw.triplets.records import Image, OpenRecord
from ieiw.triplets.rejects import Reason, Refusal

RelativeBox = tuple[float, float, float, float]
"""x, y, width, height in shares of the picture."""
_PAIRS = 2**16
"""Of names whose sameness is kept in mind: a data set has few, and words take their time."""
_SAME = 0.6
"""Overlap (intersection over union) from which two boxes are of one thing."""


def told_apart(record: OpenRecord, region: Outlined) -> tuple[int, str]:
    """How many other things bear the region's name, and the place that is the region's alone; empty where there are none.

    Args:
        record: of the region.
        region: with a label.

    Raises:
        Refusal: ``ambiguous``: no place tells it from the others.
    """
    height, width = region.mask.shape
    x, y, across, down = region.box
    own = (x / width, y / height, across / width, down / height)
    others = list(_others(record, region, own))
    if not others:
        return 0, ""
    place = place_of_box(own)
    if not place or any(each is None or place_of_box(each) in (place, "") for each in others):
        raise Refusal(Reason.AMBIGUOUS, f"no place tells this {region.label} from {len(others)} others")
    return len(others), place


def place_of_nameless(picture: Image, region: Good, good: Sequence[Good]) -> str:
    """The place of a region without a name.

    Args:
        picture: (height, width, 3).
        region: the one.
        good: all regions of the picture that may be replaced.

    Raises:
        Refusal: ``ambiguous``: neither its colour nor its place tells it from another such region.
    """

    def seen(each: Good) -> tuple[str, str]:
        return clear_colour(picture, each.mask), place_of(each.mask)

    colour, place = seen(region)
    if any(each.id != region.id and not each.label and seen(each) == (colour, place) for each in good):
        raise Refusal(Reason.AMBIGUOUS, f"another region is {f'{colour} {place}'.strip() or 'as nameless'} as well")
    return place


@lru_cache(_PAIRS)
def same_kind(one: str, other: str) -> bool:
    """Whether two labels name one kind of thing; of names that say nothing, only equal ones do."""
    try:
        return same_thing(of_label(one).name, of_label(other).name)
    except Refusal:
        return one.casefold() == other.casefold()


def _others(record: OpenRecord, region: Outlined, own: RelativeBox) -> Iterator[RelativeBox | None]:
    """The boxes of other things of that name; None for one of which nobody tells where it is."""
    annotation, size = record.record.annotation, record.record.size
    outlined: list[RelativeBox] = [own]
    for each in annotation.get("regions", ()):
        if each.get("id") == region.id or not same_kind(region.label, each.get("label", "")):
            continue
        box = None if each.get("group") else _relative(each, size)
        if box is not None:
            outlined.append(box)
        yield box
    for each in annotation.get("boxes", ()):
        if same_kind(region.label, each["label"]):
            box = None if each.get("group") else _relative(each, size)
            if box is None or all(_overlap(box, known) < _SAME for known in outlined):
                yield box


def _relative(each: Mapping[str, Any], size: tuple[int, int] | None) -> RelativeBox | None:
    if box := each.get("relative_box"):
        return (box[0], box[1], box[2], box[3])
    if (box := each.get("box")) and size and len(box) == 4:
        return box[0] / size[0], box[1] / size[1], box[2] / size[0], box[3] / size[1]
    return None


def _overlap(one: RelativeBox, two: RelativeBox) -> float:
    """Intersection over union."""
    width = min(one[0] + one[2], two[0] + two[2]) - max(one[0], two[0])
    height = min(one[1] + one[3], two[1] + two[3]) - max(one[1], two[1])
    shared = max(0.0, width) * max(0.0, height)
    return shared / max(one[2] * one[3] + two[2] * two[3] - shared, 1e-9)
