"""The fields of a ref, as far as they are sound."""

from __future__ import annotations

import math
from typing import Any


def is_of_split(split: str, wanted: str) -> bool:
    """Whether a ref's split is the wanted one: RefClef's ``testAC`` is of ``testA``, and all are of ``test``, as in `refer`."""
    if wanted in {"testA", "testB", "testC"}:
        return split.startswith("test") and wanted[-1] in split
    return split == wanted or (wanted == "test" and split.startswith("test"))


def number_in(ref: Any, key: str) -> int:
    """A field that should be a number of 0 or more; -1 where it is not."""
    value = ref.get(key) if isinstance(ref, dict) else None
    return value if type(value) is int and value >= 0 else -1


def annotation_ids(ref: dict[str, Any]) -> list[Any]:
    """The annotations that a ref means; none where it says -1."""
    value = ref.get("ann_id")
    ids = value if isinstance(value, list) else [value]
    return [] if ids == [-1] else ids


def sentences_of(value: Any) -> list[tuple[str, str]] | None:
    """Id and text of each expression that has a word; None where the field is no list of such."""
    if not isinstance(value, list) or not all(
        isinstance(one, dict) and isinstance(one.get("sent"), str) for one in value
    ):
        return None
    return [(str(one.get("sent_id", "")), one["sent"]) for one in value if one["sent"].strip()]


def is_sound_segmentation(segmentation: Any) -> bool:
    """Whether a segmentation is JSON with finite numbers; what it encloses is looked at by the task.

    RefClef's are lists of run lengths, one dictionary for each part.
    """
    if isinstance(segmentation, dict):
        return True
    if not isinstance(segmentation, list):
        return False
    return all(
        isinstance(part, dict)
        or (isinstance(part, list) and all(type(value) in (int, float) and math.isfinite(value) for value in part))
        for part in segmentation
    )
