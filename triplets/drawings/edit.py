"""Published edits: nothing is drawn, the data set gives the target."""

from __future__ import annotations

from ieiw.triplets import records
from ieiw.triplets.images.masks import Rle

Value = str | int | list[str | int]


class Answer(records.Answer, tag="edit", frozen=True, kw_only=True, omit_defaults=True):
    """What the data set says of an edit.

    Attributes:
        registered: whether the pictures differed in size and were aligned.
        region: where the edit is; None (absent in JSON) where nobody marked it.
        box: x, y, width, height of the region, in pixels; empty where there is none.
        published: the data set's own fields, by its source's names.
    """

    registered: bool
    region: Rle | None = None
    box: tuple[int, ...]
    published: dict[str, Value]
