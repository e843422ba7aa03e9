"""What tasks share whose target is published: two pictures of one size, scaled or cut alike."""

from __future__ import annotations

import math

import cv2

from ieiw.triplets.records import Image, OpenRecord
from ieiw.triplets.rejects import Reason, Refusal

VISIBLE = 12
"""Levels (of 255) by which a channel must differ for a pixel to count as changed."""
_LEAST_CHANGE = 1.5
"""Levels (of 255, root of the mean square) below which two pictures look alike, unless a part of them visibly changed."""
_LEAST_SHARE = 0.001
"""Such a part, as a share of the picture: of 256 x 256 pixels, 8 x 8."""


def two_pictures(record: OpenRecord) -> tuple[Image, Image]:
    """The picture and its published result, upright.

    Raises:
        Refusal: ``picture_size_mismatch``: they are not of one size.
    """
    picture, target = record.picture, record.pictures["target"]
    if picture.size != target.size:
        detail = f"picture {picture.size[0]} x {picture.size[1]}, target {target.size[0]} x {target.size[1]}"
        raise Refusal(Reason.PICTURE_SIZE_MISMATCH, detail)
    return picture.pixels, target.pixels


def check_changed(source: Image, target: Image) -> None:
    """Refuse a pair whose pictures look alike: a sharp wall is the target of its blurred self, but no one would ask for it.

    Raises:
        Refusal: ``nothing_changed``.
    """
    levels = cv2.norm(source, target, cv2.NORM_L2) / math.sqrt(source.size)
    if levels < _LEAST_CHANGE and changed_share(source, target) < _LEAST_SHARE:
        raise Refusal(
            Reason.NOTHING_CHANGED, f"picture and target look alike: they differ by {levels:.2f} levels of 255"
        )


def changed_share(source: Image, target: Image) -> float:
    """Share of the picture that visibly changed."""
    alike = cv2.inRange(cv2.absdiff(source, target), (0, 0, 0), (VISIBLE,) * 3)
    return 1 - cv2.countNonZero(alike) / alike.size
