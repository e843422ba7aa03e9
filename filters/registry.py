"""Scores by name and rules by kind. One line here adds one."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ieiw.filters.composite import COMPOSITES
from ieiw.filters.scores.base import Better, Kind, Score
from ieiw.triplets.errors import UsageError
from ieiw.triplets.settings.options import make_with

SCORES = {
    "aesthetic-v1-b16": "ieiw.filters.scores.aesthetic:AestheticV1B16",
    "aesthetic-v1-b32": "ieiw.filters.scores.aesthetic:AestheticV1B32",
    "aesthetic-v1-l14": "ieiw.filters.scores.aesthetic:AestheticV1L14",
    "aesthetic-v2": "ieiw.filters.scores.aesthetic:AestheticV2",
    "blockiness": "ieiw.filters.scores.blockiness:Blockiness",
    "change-inside": "ieiw.filters.scores.change:ChangeInside",
    "change-outside": "ieiw.filters.scores.change:ChangeOutside",
    "clip-direction": "ieiw.filters.scores.clip:ClipDirection",
    "clip-image": "ieiw.filters.scores.clip:ClipImage",
    "clip-text": "ieiw.filters.scores.clip:ClipText",
    "colourfulness": "ieiw.filters.scores.colourfulness:Colourfulness",
    "contrast": "ieiw.filters.scores.contrast:Contrast",
    "detail-inside": "ieiw.filters.scores.detail:DetailInside",
    "exposure": "ieiw.filters.scores.exposure:Exposure",
    "gmm-giqa": "ieiw.filters.scores.giqa:GmmGiqa",
    "judge-clean": "ieiw.filters.scores.judge:JudgeClean",
    "judge-follows": "ieiw.filters.scores.judge:JudgeFollows",
    "judge-keeps": "ieiw.filters.scores.judge:JudgeKeeps",
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
    "semantic-duplicates": "ieiw.filters.rules.semantic_duplicates:SemanticDuplicates",
    "threshold": "ieiw.filters.rules.threshold:Threshold",
    "weighted": "ieiw.filters.rules.weighted:Weighted",
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


def make(name: str, options: Mapping[str, Any] | None = None) -> Score:
    """A score, ready to compute.

    Raises:
        UsageError: unknown name or option, a wrong value, or weights that are not there.
    """
    return make_with(load(name), options or {}, name, "the score")


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
