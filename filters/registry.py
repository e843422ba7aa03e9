"""Scores by name. One line here adds one."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from filters.protocols import PairScore, PictureHash, PictureScore
from triplets.reasons import UsageError

SCORES = {
    "blockiness": "filters.scores.blockiness:Blockiness",
    "change-inside": "filters.scores.change:ChangeInside",
    "change-outside": "filters.scores.change:ChangeOutside",
    "colourfulness": "filters.scores.colourfulness:Colourfulness",
    "contrast": "filters.scores.contrast:Contrast",
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
