"""Scores by name. One line here adds one."""

from __future__ import annotations

from importlib import import_module
from typing import Literal, cast

from filters.composite import COMPOSITES
from filters.protocols import PairScore, PictureHash, PictureScore
from triplets.reasons import UsageError

SCORES = {
    "blockiness": "filters.scores.blockiness:Blockiness",
    "change-inside": "filters.scores.change:ChangeInside",
    "change-outside": "filters.scores.change:ChangeOutside",
    "colourfulness": "filters.scores.colourfulness:Colourfulness",
    "contrast": "filters.scores.contrast:Contrast",
    "detail-inside": "filters.scores.detail:DetailInside",
    "exposure": "filters.scores.exposure:Exposure",
    "noise": "filters.scores.noise:Noise",
    "phash": "filters.scores.phash:PerceptualHash",
    "seam": "filters.scores.seam:Seam",
    "sharpness": "filters.scores.sharpness:Sharpness",
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
