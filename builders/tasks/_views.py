"""A person's joints in view: the crop or the whole picture at output size, with everything in its pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt

from builders.boxes import Box
from builders.instructions.whereabouts import Company, who
from builders.point_rules import PointRules
from triplets.pictures import annotation_frame, resize_short, short_side_size, upright_points
from triplets.reasons import Reason, Refusal
from triplets.records import Image, OpenRecord


@dataclass(frozen=True, slots=True)
class View:
    """What a triplet shows.

    Attributes:
        picture: at output size.
        joints: (N, 2) x, y in its pixels, continuous; not finite where not labelled.
        seen: (N,) 0 not labelled, 1 hidden, 2 seen.
        box: x, y, width, height of the person, in its pixels; may reach beyond it.
        person: words for the person, with article.
    """

    picture: Image
    joints: npt.NDArray[np.float64]
    seen: npt.NDArray[np.int8]
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
    joints, seen = _upright_joints(record, annotation["joints"])
    width, height = record.picture.size
    if rules.view == "person":
        left, top, right, bottom = _crop(turned[0], rules.margin, (width, height), centred=not whole)
    else:
        left, top, right, bottom = 0, 0, width, height
    size = short_side_size((right - left, bottom - top), short_side)
    across, down = size[0] / (right - left), size[1] / (bottom - top)
    inner = [((x - left) * across, (y - top) * down, w * across, h * down) for x, y, w, h in turned]
    _check_size(size, inner[0], rules)
    placed = (joints - (left, top)) * (across, down)
    shown = [(x, y) for x, y in placed[seen > 0].tolist()]
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


def _upright_joints(record: OpenRecord, joints: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]:
    values = np.asarray(joints, np.float64).reshape(-1, 3)
    seen = values[:, 2].astype(np.int8)
    places = _upright(record, values[:, :2])
    places[seen == 0] = np.nan
    return places, seen


def _upright_boxes(record: OpenRecord, boxes: Sequence[Sequence[float]]) -> list[Box]:
    values = np.asarray(boxes, np.float64).reshape(-1, 4)
    corners = _upright(record, np.concatenate([values[:, :2], values[:, :2] + values[:, 2:]])).reshape(2, -1, 2)
    low, high = corners.min(0), corners.max(0)
    return [(*map(float, start), *map(float, end - start)) for start, end in zip(low, high, strict=True)]  # type: ignore[misc]


def _upright(record: OpenRecord, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    frame = annotation_frame(record.picture, record.record.size)
    return upright_points(points, record.picture) if frame == "stored" else points.copy()
