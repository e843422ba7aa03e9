"""Scores by name. One line here adds one."""

from __future__ import annotations

from importlib import import_module
from typing import Literal, cast

from ieiw.filters.composite import COMPOSITES
from ieiw.filters.protocols import PairScore, PictureHash, PictureScore
from ieiw.triplets.errors import UsageError

SCORES = {
    "blockiness": "ieiw.filters.scores.blockiness:Blockiness",
    "change-inside": "ieiw.filters.scores.change:ChangeInside",
    "change-outside": "ieiw.filters.scores.change:ChangeOutside",
    "colourfulness": "ieiw.filters.scores.colourfulness:Colourfulness",
    "contrast": "ieiw.filters.scores.contrast:Contrast",
    "detail-inside": "ieiw.filters.scores.detail:DetailInside",
    "exposure": "ieiw.filters.scores.exposure:Exposure",
    "noise": "ieiw.filters.scores.noise:Noise",
    "phash": "ieiw.filters.scores.phash:PerceptualHash",
    "seam": "ieiw.filters.scores.seam:Seam",
    "sharpness": "ieiw.filters.scores.sharpness:Sharpness",
}
"""Name -> class."""


def score(name: str) -> PictureScore | PairScore | PictureHash:
    """Make a score.

    Raises:
        UsageError: unknown name; lists those known.
    """
    if name not in SCORES:
        raise UsageError(f"no score is called {name!r}. Known: {', '.join(sorted(SCORES))}")
    module, _, attribute = SCORES[name].partition(":")
    return cast("PictureScore | PairScore | PictureHash", getattr(import_module(module), attribute)())


def known() -> list[str]:
    """Names of all scores, composites included, sorted."""
    return sorted({*SCORES, *COMPOSITES})


def kind_of(name: str) -> Literal["picture", "pair", "hash"]:
    """What a score looks at; composites are scores of pictures.

    Raises:
        UsageError: unknown name.
    """
    if name in COMPOSITES:
        return "picture"
    made = score(name)
    if isinstance(made, PictureHash):
        return "hash"
    return "pair" if isinstance(made, PairScore) else "picture"


def better_of(name: str) -> Literal["higher", "lower"]:
    """Which values of a score are better; of composites, higher ones.

    Raises:
        UsageError: unknown name.
    """
    return "higher" if name in COMPOSITES else score(name).better
