"""What tasks share whose target is published: two pictures of one size, scaled or cut alike."""

from __future__ import annotations

import hashlib

import numpy as np

from builders.protocols import Tools
from triplets.reasons import Reason, Refusal
from triplets.records import Encoded, Image, OpenRecord


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


def encode_both(tools: Tools, source: Image, target: Image) -> tuple[Encoded, Encoded]:
    """Source and target as a shard holds them.

    Raises:
        Refusal: ``nothing_changed``: they are the same.
    """
    if np.array_equal(source, target):
        raise Refusal(Reason.NOTHING_CHANGED, "picture and target are the same")
    return tools.encode(source), tools.encode(target)


def pair_name(record: OpenRecord, name: str = "") -> str:
    """The pair of a record; records that name the same ``name`` share it."""
    return hashlib.sha256(f"{record.source}\0{name or record.record.id}".encode()).hexdigest()[:20]
