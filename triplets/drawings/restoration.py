"""Published restorations: the source is damaged, the data set gives the clean target."""

from __future__ import annotations

from typing import Literal

from ieiw.triplets import records
from ieiw.triplets.images.masks import Rle


class Answer(records.Answer, tag="restoration", frozen=True, kw_only=True, omit_defaults=True):
    """Which part of the published picture is shown, and where it is damaged.

    Attributes:
        view: ``native`` is a cut at full resolution, ``scaled`` the whole picture scaled down.
        crop: x, y, width, height of what is shown, in pixels of the published picture held upright.
        region: where the damage is; None (absent in JSON) where the data set does not say: everywhere.
        box: x, y, width, height of the region, in pixels; empty where there is none.
    """

    view: Literal["native", "scaled"]
    crop: tuple[int, int, int, int]
    region: Rle | None = None
    box: tuple[int, ...]
