"""A person's joints in view: the crop or the whole picture at output size, with everything in its pixels.

Joints and boxes are plain numbers: of twenty points numpy's calls take ten times as long as Python's own arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from ieiw.builders.boxes import Box
from ieiw.builders.instructions.person_reference import Company, who
from ieiw.builders.point_rules import PointRules
from ieiw.triplets.images.codec import annotation_frame, resize_short, short_side_size, upright_points
from ieiw.triplets.records import Image, OpenRecord
from ieiw.triplets.rejects import Reason, Refusal

Point = tuple[float, float]
"""x, y."""
_NOWHERE = (math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class View:
    """What a triplet shows.

    Attributes:
        picture: at output size.
        joints: x, y of each in its pixels, continuous; NaN where not labelled.
        seen: of each, 0 not labelled, 1 hidden, 2 seen.
        box: x, y, width, height of the person, in its pixels; may reach beyond it.
        person: words for the person, with article.
    """

    picture: Image
    joints: list[Point]
    seen: list[int]
    box: Box
    person: str


def make_view(record: OpenRecord, rules: PointRules, short_side: int) -> View:
    """The view that the rules ask for.

    Raises:
        Refusal: the person is too small, outside, or cannot be told from others; or the picture has another size than declared.
    """
    annotation = record.record.annotation
    boxes = [annotation["box"], *annotation["others"], *annotation["crowds"]]
    whole = not annotation.get("unlisted", False)
    turned = _upright_boxes(record, boxes)
    joints = _upright(record, [(joint[0], joint[1]) for joint in annotation["joints"]])
    seen = [int(joint[2]) for joint in annotation["joints"]]
    width, height = record.picture.size
    if rules.view == "person":
        left, top, right, bottom = _crop(turned[0], rules.margin, (width, height), centred=not whole)
    else:
        left, top, right, bottom = 0, 0, width, height
    size = short_side_size((right - left, bottom - top), short_side)
    across, down = size[0] / (right - left), size[1] / (bottom - top)
    inner = [((x - left) * across, (y - top) * down, w * across, h * down) for x, y, w, h in turned]
    _check_size(size, inner[0], rules)
    placed = [
        ((x - left) * across, (y - top) * down) if labelled else _NOWHERE
        for (x, y), labelled in zip(joints, seen, strict=True)
    ]
    shown = [place for place, labelled in zip(placed, seen, strict=True) if labelled]
    others = len(annotation["others"])
    company = Company(inner[0], inner[1 : 1 + others], inner[1 + others :], size, whole, shown)
    person = _name(company, annotation["noun"], rules)
    picture = _scaled(record, (left, top, right, bottom), rules, size)  # last: scaling costs more than all of the rest
    return View(picture, placed, seen, inner[0], person)


def _name(company: Company, noun: str, rules: PointRules) -> str:
    words = who(company, noun)
    if words is None and rules.unclear == "refuse":
        count = len(company.others) + len(company.crowds)
        others = f"{count} other" if count == 1 else f"{count} others"
        unlisted = "" if company.whole else " and those whom the data set does not list"
        raise Refusal(Reason.AMBIGUOUS, f"no words tell this {noun} from {others} in the picture{unlisted}")
    return words or f"the {noun}"


def _check_size(size: tuple[int, int], box: Box, rules: PointRules) -> None:
    shorter = min(size)
    if shorter < rules.min_side:
        raise Refusal(
            Reason.REGION_TOO_SMALL, f"the view's shorter side has {shorter} pixels, {rules.min_side} are needed"
        )
    if rules.view == "whole" and max(box[2:]) < rules.min_person * shorter:
        detail = f"{max(box[2:]) / shorter:.2f} of the picture's shorter side, the least is {rules.min_person}"
        raise Refusal(Reason.REGION_TOO_SMALL, detail)


def _scaled(record: OpenRecord, edges: tuple[int, int, int, int], rules: PointRules, size: tuple[int, int]) -> Image:
    left, top, right, bottom = edges
    if rules.view == "whole":
        return record.once_for_picture("resized", lambda: resize_short(record.picture.pixels, min(size)))
    cut = record.picture.pixels[top:bottom, left:right]
    if size == (right - left, bottom - top):
        return cut
    return cast(Image, cv2.resize(cut, size, interpolation=cv2.INTER_AREA))


def _crop(box: Box, margin: float, size: tuple[int, int], *, centred: bool) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a square around the part of a box that lies in the picture, in whole pixels.

    Beside the picture's left or right border it is moved inwards; ``centred``: made narrower, so that the box stays in the middle.

    Raises:
        Refusal: no part of the box lies in the picture.
    """
    width, height = size
    left, top = max(0.0, box[0]), max(0.0, box[1])
    right, bottom = min(float(width), box[0] + box[2]), min(float(height), box[1] + box[3])
    if right <= left or bottom <= top:
        raise Refusal(Reason.REGION_OUTSIDE, "the person's box lies outside the picture")
    side = math.ceil(margin * max(right - left, bottom - top))
    middle = (left + right) / 2
    across = min(side, max(1, math.floor(2 * min(middle, width - middle)))) if centred else side
    x0, x1 = _span(middle, across, width)
    y0, y1 = _span((top + bottom) / 2, side, height)
    return x0, y0, x1, y1


def _span(centre: float, side: int, end: int) -> tuple[int, int]:
    """``side`` pixels around a centre, moved to lie within 0..end; all of it where that is shorter."""
    if side >= end:
        return 0, end
    start = min(max(0, round(centre - side / 2)), end - side)
    return start, start + side


def _upright_boxes(record: OpenRecord, boxes: Sequence[Sequence[float]]) -> list[Box]:
    starts = _upright(record, [(x, y) for x, y, _, _ in boxes])
    ends = _upright(record, [(x + w, y + h) for x, y, w, h in boxes])
    return [
        (min(x, x1), min(y, y1), max(x, x1) - min(x, x1), max(y, y1) - min(y, y1))
        for (x, y), (x1, y1) in zip(starts, ends, strict=True)
    ]


def _upright(record: OpenRecord, points: list[Point]) -> list[Point]:
    frame = annotation_frame(record.picture, record.record.size)
    if frame == "upright" or record.picture.orientation == 1:
        return points
    return [(x, y) for x, y in upright_points(np.array(points), record.picture).tolist()]
