"""Which regions are things that something else could take the place of, or that could take another's.

What the data set tells is asked first, then a region's box, and only then its mask; of the masks of a picture only run lengths are
kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from ieiw.builders.instructions.words import NO_SHAPE, singular
from ieiw.builders.mask_components import far_apart, mask_parts
from ieiw.builders.options import Options
from ieiw.builders.replacement.parts import Seen, whole_of
from ieiw.builders.replacement.regions import Facts, Listed, Outlined, Refused, listed_regions
from ieiw.builders.replacement.sharpness import sharpness_of
from ieiw.triplets.images.masks import from_rle, to_rle
from ieiw.triplets.records import Image, Mask, OpenRecord, Picture
from ieiw.triplets.rejects import Reason, Refusal

_AT_BORDER = 0.005
"""What people outline ends a little before the border: so many shorter sides."""
_SCENERY = NO_SHAPE | frozenset(
    "wall road sidewalk street path pavement runway grass field earth land dirt sand snow sea water river lake mountain".split()
)
"""What a picture is a view of, and nothing could be put in its place."""
_SLACK = 1.1
"""Outlines may pass the box that somebody else drew by a little."""


class QualityRules(Options):
    """Rules of a gallery's and a replacement's ``quality`` block. Shares are of the picture's area, pixels those of the picture as
    stored.
    """

    min_share: float = Field(default=0.02, ge=0, le=1)
    max_share: float = Field(default=0.8, ge=0, le=1)
    min_side: int = Field(default=48, ge=1)
    """Of the region's box."""
    min_sharpness: float = Field(default=6.0, ge=0)
    """See :func:`~ieiw.builders.replacement.sharpness.sharpness_of`."""
    border: Literal["keep", "refuse"] = "refuse"
    """What to do with regions that reach the picture's border, or that their data set calls truncated."""
    min_iou: float = Field(default=0.75, ge=0, le=1)
    """Predicted, where the data set tells: of all that SA-1B holds 0.88 at least, of Open Images' masks often less than 0.8."""
    min_stability: float = Field(default=0.92, ge=0, le=1)
    """Where the data set tells."""
    groups: bool = False
    """Whether regions that stand for many things are good."""
    depictions: bool = False
    """Whether drawings and statues of things are."""
    insides: bool = False
    """Whether things are that the picture was taken inside of."""
    max_within: float = Field(default=0.85, gt=0, le=1)
    """A region of which a larger share lies in a larger region of its picture is a part of it, unless the two have other labels; 1
    keeps all parts."""

    @model_validator(mode="after")
    def _ordered(self) -> QualityRules:
        if self.min_share >= self.max_share:
            raise ValueError("min_share must be below max_share")
        return self


@dataclass(frozen=True, slots=True)
class Good(Outlined):
    """A good region.

    Attributes:
        share: of the picture, 0..1.
        sharpness: see :func:`~ieiw.builders.replacement.sharpness.sharpness_of`.
    """

    share: float
    sharpness: float


def good_regions(record: OpenRecord, rules: QualityRules) -> Iterator[Good | Refused]:
    """A verdict on each region of a record, in the data set's order.

    Raises:
        Refusal: as :func:`~ieiw.builders.replacement.regions.listed_regions`.
    """
    picture = record.picture
    seen = [
        region if isinstance(region, Refused) else _look(picture, region, rules) for region in listed_regions(record)
    ]
    area = picture.size[0] * picture.size[1]
    drawn = [region for region in seen if not isinstance(region, Refused)]
    wholes = [region for region in drawn if rules.min_share <= region.area / area <= rules.max_share]
    for region in seen:
        if isinstance(region, Refused):
            yield region
        elif isinstance(region.verdict, Refused):
            yield region.verdict
        elif found := whole_of(region, wholes, rules.max_within):
            yield Refused(region.facts.id, Reason.REGION_PART, found)
        else:
            facts, mask = region.facts, from_rle(region.rle)
            yield Good(facts.id, facts.label, mask, region.box, region.area / area, region.verdict)


def _look(picture: Picture, region: Listed, rules: QualityRules) -> Seen | Refused:
    """Draw a region, unless what is told of it refuses it; a bad one may still be what another is a part of."""
    facts = region.facts
    try:
        _check_facts(facts, rules, picture.stored_size)
    except Refusal as refusal:
        return Refused(facts.id, refusal.reason, refusal.detail)
    outlined = region.outlined()
    if isinstance(outlined, Refused):
        return outlined
    verdict: float | Refused
    area = int(np.count_nonzero(outlined.mask))
    try:
        verdict = _check_mask(picture.pixels, outlined, area, facts.truncated, rules)
    except Refusal as refusal:
        verdict = Refused(facts.id, refusal.reason, refusal.detail)
    return Seen(facts, to_rle(outlined.mask), outlined.box, area, verdict)


def _check_facts(facts: Facts, rules: QualityRules, size: tuple[int, int]) -> None:
    if facts.group and not rules.groups:
        raise Refusal(Reason.CROWD, "stands for many things")
    if facts.depiction and not rules.depictions:
        raise Refusal(Reason.REGION_NO_THING, "a drawing or a statue")
    if facts.inside and not rules.insides:
        raise Refusal(Reason.REGION_NO_THING, "a view from inside")
    if facts.label and singular(facts.label.split()[-1]) in _SCENERY:
        raise Refusal(Reason.REGION_NO_THING, f"{facts.label} is scenery")
    for name, value, least in (
        ("predicted IoU", facts.iou, rules.min_iou),
        ("stability", facts.stability, rules.min_stability),
    ):
        if value is not None and not value >= least:
            raise Refusal(Reason.REGION_UNSURE, f"{name} {value:.3f}, the least is {least}")
    if sides := _sides(facts, size):
        width, height = (_SLACK * side + 2 for side in sides)  # SA-1B's are one less than the extent
        share = width * height / (size[0] * size[1])
        if share < rules.min_share:
            raise Refusal(
                Reason.REGION_TOO_SMALL, f"its box has {share:.4f} of the picture, the least is {rules.min_share}"
            )
        if min(width, height) < rules.min_side:
            raise Refusal(
                Reason.REGION_TOO_THIN, f"its box {width:.0f} x {height:.0f}, each side needs {rules.min_side}"
            )


def _sides(facts: Facts, size: tuple[int, int]) -> tuple[float, float] | None:
    """Width and height of a region's box on a picture stored at this size, where it is told."""
    if facts.box is not None:
        width, height = facts.box[2:]
    elif facts.relative_box is not None:
        width, height = facts.relative_box[2] * size[0], facts.relative_box[3] * size[1]
    else:
        return None
    return (max(0.0, width), max(0.0, height)) if math.isfinite(width * height) else None


def _check_mask(picture: Image, region: Outlined, area: int, truncated: bool, rules: QualityRules) -> float:
    """The sharpness of a region that is good by itself.

    Raises:
        Refusal: it is not.
    """
    mask, (x, y, width, height) = region.mask, region.box
    share = area / mask.size
    if share < rules.min_share:
        raise Refusal(Reason.REGION_TOO_SMALL, f"{share:.4f} of the picture, the least is {rules.min_share}")
    if share > rules.max_share:
        raise Refusal(Reason.REGION_TOO_LARGE, f"{share:.3f} of the picture, the most is {rules.max_share}")
    if min(width, height) < rules.min_side:
        raise Refusal(Reason.REGION_TOO_THIN, f"{width} x {height} pixels, each side needs {rules.min_side}")
    near = int(_AT_BORDER * min(mask.shape))
    at_border = min(x, y, mask.shape[1] - x - width, mask.shape[0] - y - height) <= near
    if rules.border == "refuse" and (at_border or truncated):
        raise Refusal(Reason.REGION_CUT_BY_BORDER, "reaches the border" if at_border else "goes on beyond the picture")
    if far_apart(mask_parts(mask[y : y + height, x : x + width])):
        raise Refusal(Reason.AMBIGUOUS, "several things in one outline")
    sharpness = sharpness_of(picture, region)
    if sharpness < rules.min_sharpness:
        raise Refusal(Reason.REGION_BLURRED, f"sharpness {sharpness:.2f}, the least is {rules.min_sharpness}")
    return sharpness


def crop_of(picture: Image, region: Outlined, margin: float) -> tuple[Image, Mask]:
    """A region's box, grown on each side by ``margin`` of that side's length and cut at the border: crop and silhouette.

    Args:
        picture: (height, width, 3).
        region: of the same size.
        margin: 0 or more.

    Returns:
        (h, w, 3) and (h, w), both contiguous copies, so that the picture can go.
    """
    x, y, width, height = region.box
    across, down = round(margin * width), round(margin * height)
    rows = slice(max(0, y - down), y + height + down)
    columns = slice(max(0, x - across), x + width + across)
    return picture[rows, columns].copy(), region.mask[rows, columns].copy()
