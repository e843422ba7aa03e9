"""Scores by name and rules by kind. One line here adds one."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ieiw.filters.composite import COMPOSITES
from ieiw.filters.scores.base import Better, Kind, Score
from ieiw.triplets.errors import UsageError

SCORES = {
    "blockiness": "ieiw.filters.scores.blockiness:Blockiness",
    "change-inside": "ieiw.filters.scores.change:ChangeInside",
    "change-outside": "ieiw.filters.scores.change:ChangeOutside",
    "colourfulness": "ieiw.filters.scores.colourfulness:Colourfulness",
    "contrast": "ieiw.filters.scores.contrast:Contrast",
    "detail-inside": "ieiw.filters.scores.detail:DetailInside",
    "exposure": "ieiw.filters.scores.exposure:Exposure",
    "gmm-giqa": "ieiw.filters.scores.giqa:GmmGiqa",
    "knn-giqa": "ieiw.filters.scores.giqa:KnnGiqa",
    "knn-giqa-paper": "ieiw.filters.scores.giqa:KnnGiqaPaper",
    "knn-giqa-quick": "ieiw.filters.scores.giqa:KnnGiqaQuick",
    "noise": "ieiw.filters.scores.noise:Noise",
    "phash": "ieiw.filters.scores.phash:PerceptualHash",
    "seam": "ieiw.filters.scores.seam:Seam",
    "sharpness": "ieiw.filters.scores.sharpness:Sharpness",
}
"""Name -> class."""
RULES = {
    "cap": "ieiw.filters.rules.cap:Cap",
    "decontaminate": "ieiw.filters.rules.decontaminate:Decontaminate",
    "duplicates": "ieiw.filters.rules.duplicates:Duplicates",
    "gap": "ieiw.filters.rules.gap:Gap",
    "licences": "ieiw.filters.rules.licences:Licences",
    "threshold": "ieiw.filters.rules.threshold:Threshold",
}
"""Kind -> class."""


def load(name: str) -> type[Score]:
    """The class of a score, whose attributes can be read without making one.

    Raises:
        UsageError: unknown name; lists those known.
    """
    if name not in SCORES:
        raise UsageError(f"no score is called {name!r}. Known: {', '.join(sorted(SCORES))}")
    found: type[Score] = _class(SCORES[name])
    return found


def load_rule(kind: str) -> Any:
    """The class of a rule kind, which derives from :class:`ieiw.filters.rules.base.Rule`."""
    return _class(RULES[kind])


def _class(where: str) -> Any:
    module, _, attribute = where.partition(":")
    return getattr(import_module(module), attribute)


def known() -> list[str]:
    """Names of all scores, composites included, sorted."""
    return sorted({*SCORES, *COMPOSITES})


def embedded() -> tuple[str, ...]:
    """Names of the scores that need pixels alone, no weights; sorted."""
    return tuple(name for name in sorted(SCORES) if load(name).needs == "pixels" and not load(name).weights)


def kind_of(name: str) -> Kind:
    """What a score looks at; composites are scores of pictures.

    Raises:
        UsageError: unknown name.
    """
    return "picture" if name in COMPOSITES else load(name).kind


def better_of(name: str) -> Better:
    """Which values of a score are better; of composites, higher ones.

    Raises:
        UsageError: unknown name.
    """
    return "higher" if name in COMPOSITES else load(name).better
