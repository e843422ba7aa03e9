"""Which regions make a good removal: bounds on size and shape, the picture's border, and how far the hole grows."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from ieiw.builders.options import Options, parse_options
from ieiw.triplets.images.masks import bounding_box, dilate
from ieiw.triplets.records import Mask
from ieiw.triplets.rejects import Reason, Refusal


class RegionRules(Options):
    """Rules of a source's ``region`` block. Shares are of the picture's area; sides and pixels are at output size."""

    min_share: float = Field(default=0.005, ge=0, le=1)
    """Smaller regions are hardly an edit."""
    max_share: float = Field(default=0.3, ge=0, le=1)
    """Larger ones leave too little picture to inpaint from."""
    min_side: int = Field(default=10, ge=1)
    """Of the region's box, in pixels."""
    min_inside: float = Field(default=0.5, ge=0, le=1)
    """Share of the drawn polygons' area that lies inside the picture."""
    border: Literal["keep", "refuse"] = "keep"
    """What to do with regions cut by the picture's border."""
    max_border_share: float = Field(default=0.5, ge=0, le=1)
    """Whatever ``border`` says: a region that lies on more than this share of the picture's border is refused."""
    dilate_percent: float = Field(default=4.0, ge=0, le=100)
    """The hole grows by so many per cent of the square root of the region's area …"""
    dilate_pixels: float = Field(default=3.0, ge=0, le=256)
    """… and by so many pixels."""
    pairs_per_picture: int = Field(default=8, ge=1)
    """At most so many pairs of one picture."""
    keep_parts: bool = False
    """Whether parts of persons and what they wear (a hand, a shirt) may be removed."""

    @model_validator(mode="after")
    def _ordered(self) -> RegionRules:
        if self.min_share >= self.max_share:
            raise ValueError("min_share must be below max_share")
        return self


def region_rules(values: dict[str, Any]) -> RegionRules:
    """The rules of a recipe's ``region`` block.

    Raises:
        UsageError: an unknown key or a wrong value; the message names it and the keys that are known.
    """
    return parse_options(RegionRules, values, "region")


def check_region(mask: Mask, rules: RegionRules) -> None:
    """Refuse a region, at output size and not dilated, that makes no good pair.

    Raises:
        Refusal: ``region_empty``, ``region_too_small``, ``region_too_large``, ``region_too_thin``, ``region_cut_by_border``.
    """
    area = int(np.count_nonzero(mask))
    if area == 0:
        raise Refusal(Reason.REGION_EMPTY, "no pixel inside the picture")
    share = area / mask.size
    if share < rules.min_share:
        raise Refusal(Reason.REGION_TOO_SMALL, f"{share:.4f} of the picture, the least is {rules.min_share}")
    if share > rules.max_share:
        raise Refusal(Reason.REGION_TOO_LARGE, f"{share:.3f} of the picture, the most is {rules.max_share}")
    _, _, width, height = bounding_box(mask)
    if min(width, height) < rules.min_side:
        raise Refusal(Reason.REGION_TOO_THIN, f"{width} x {height} pixels, each side needs {rules.min_side}")
    on_border = int(mask[0].sum() + mask[-1].sum() + mask[:, 0].sum() + mask[:, -1].sum())
    if on_border and rules.border == "refuse":
        raise Refusal(Reason.REGION_CUT_BY_BORDER, f"{on_border} pixels on the border")
    if on_border > rules.max_border_share * 2 * sum(mask.shape):
        raise Refusal(Reason.REGION_CUT_BY_BORDER, f"covers {on_border / (2 * sum(mask.shape)):.2f} of the border")


def hole_of(mask: Mask, rules: RegionRules) -> Mask:
    """The hole to inpaint: the region, grown.

    Raises:
        Refusal: ``region_too_large``: nothing would be left to inpaint from.
    """
    hole = dilate(mask, rules.dilate_percent, rules.dilate_pixels)
    if np.count_nonzero(hole) > 0.6 * hole.size:
        raise Refusal(Reason.REGION_TOO_LARGE, "the grown region covers more than six tenths of the picture")
    return hole
