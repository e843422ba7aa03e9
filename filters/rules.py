"""Rules: what a cut keeps. YAML checked by pydantic; every rule drops rows under its own name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, model_validator

from ieiw.filters.composite import COMPOSITES
from ieiw.filters.near import MOST_BITS
from ieiw.filters.registry import kind_of, known
from ieiw.triplets.settings.yaml_file import SplitName, Strict, load_settings

Per = Literal["", "task", "source", "source+task"]
Bound = Annotated[float | None, Field(allow_inf_nan=False)]


class _Rule(Strict):
    """What all rules say: their name, and the tasks and sources whose rows they are asked about (all, where none are named)."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    tasks: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def _check_score(name: str, kinds: tuple[str, ...], use: str) -> None:
    if name not in known():
        raise ValueError(f"no score is called {name!r}. Known: {', '.join(known())}")
    kind = kind_of(name)
    if kind not in kinds:
        fit = ", ".join(each for each in known() if kind_of(each) in kinds)
        raise ValueError(f"{name} is a score of a {kind}, which cannot serve as {use}. Use one of: {fit}")


class _Bounds(_Rule):
    """A bound: absolute (``min``, ``max``), or the share to drop at an end, overall or ``per`` task or source."""

    score: str
    min: Bound = None
    max: Bound = None
    drop_lowest: float | None = Field(default=None, gt=0, lt=1)
    drop_highest: float | None = Field(default=None, gt=0, lt=1)
    per: Per = ""

    @model_validator(mode="after")
    def _bounded(self) -> _Bounds:
        if (self.min, self.max, self.drop_lowest, self.drop_highest) == (None, None, None, None):
            raise ValueError("give min, max, drop_lowest or drop_highest")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min:g} is above max {self.max:g}: nothing could pass")
        return self


class Threshold(_Bounds):
    """Bounds on one score: of the source, the target, or (for scores of pairs) the pair."""

    kind: Literal["threshold"]
    of: Literal["source", "target", "pair"] = "target"

    @model_validator(mode="after")
    def _of_kind(self) -> Threshold:
        _check_score(self.score, ("pair",) if self.of == "pair" else ("picture",), f"a threshold of: {self.of}")
        return self


class Gap(_Bounds):
    """Bounds on the score of the source minus that of the target: the paper's large gap between source and target."""

    kind: Literal["gap"]

    @model_validator(mode="after")
    def _of_kind(self) -> Gap:
        _check_score(self.score, ("picture",), "a gap between source and target")
        return self


class _BestKept(_Rule):
    """A rule that keeps the best by a score: of the target for scores of pictures."""

    keep: str = "classical-quality"

    @model_validator(mode="after")
    def _sortable(self) -> _BestKept:
        _check_score(self.keep, ("picture", "pair"), "`keep`")
        return self


class Duplicates(_BestKept):
    """Rows of one task whose pictures are like those of a better row, which stays.

    ``distance`` 0: byte for byte. Above: within so many bits of the perceptual hash. That one sees no small edits; therefore
    ``of: pair`` never takes two rows of one picture group for near duplicates, while ``of: source`` keeps one row of a picture.
    """

    kind: Literal["duplicates"]
    of: Literal["source", "target", "pair"] = "pair"
    distance: int = Field(default=0, ge=0, le=MOST_BITS)


class PictureSet(Strict):
    """The pictures of a data set's split, where they lie in the official layout."""

    dataset: str = Field(min_length=1)
    root: str = Field(min_length=1)
    split: SplitName
    options: dict[str, Any] = {}


class Decontaminate(_Rule):
    """Rows with a picture within ``distance`` bits of an evaluation picture, and the other rows of that picture.

    ``pictures`` are folders, or builds, of which the sources count; ``sets`` are data sets in their official layouts.
    """

    kind: Literal["decontaminate"]
    pictures: tuple[str, ...] = ()
    sets: tuple[PictureSet, ...] = ()
    distance: int = Field(default=6, ge=0, le=16)

    @model_validator(mode="after")
    def _of_something(self) -> Decontaminate:
        if not self.places:
            raise ValueError("give `pictures`, folders or builds, or `sets`, a list of {dataset, root, split}")
        return self

    @property
    def places(self) -> tuple[str | PictureSet, ...]:
        """All that holds evaluation pictures."""
        return *self.pictures, *self.sets


class Licences(_Rule):
    """Rows whose licence starts with none of the given texts."""

    kind: Literal["licences"]
    allow: tuple[str, ...] = Field(min_length=1)


class Cap(_BestKept):
    """At most ``most`` rows of each group, source or task; the best by ``keep`` stay."""

    kind: Literal["cap"]
    per: Literal["group", "source", "task", "source+task"]
    most: int = Field(ge=1)


Rule = Annotated[Threshold | Gap | Duplicates | Decontaminate | Licences | Cap, Field(discriminator="kind")]


class Split(Strict):
    """How kept rows are parted: by picture, so that no picture is on both sides."""

    validation: float = Field(default=0.02, ge=0, lt=1)
    seed: int = 0


class RuleSet(Strict):
    """A rule file: rules in the order in which they are asked."""

    rules: tuple[Rule, ...] = ()
    split: Split = Split()

    @model_validator(mode="after")
    def _distinct(self) -> RuleSet:
        names = [rule.name for rule in self.rules]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two rules are named {twice[0]!r}")
        return self

    def places(self) -> list[str | PictureSet]:
        """Folders, builds and data sets whose pictures the rules keep out."""
        return [place for rule in self.rules if isinstance(rule, Decontaminate) for place in rule.places]

    def scores(self) -> set[str]:
        """Names of the scores and hashes that the rules read, composites taken apart."""
        wanted: set[str] = set()
        for rule in self.rules:
            if isinstance(rule, Threshold | Gap):
                wanted.add(rule.score)
            if isinstance(rule, Duplicates | Cap):
                wanted.add(rule.keep)
            if isinstance(rule, Decontaminate) or (isinstance(rule, Duplicates) and rule.distance):
                wanted.add("phash")
        return {part for name in wanted for part in (COMPOSITES[name].parts if name in COMPOSITES else (name,))}


_EDITS = {"tasks": ["removal", "addition"]}
# Of targets that are photographs. What a task draws (masks, boxes, points) says nothing about a picture's quality.
_PHOTOGRAPHS = {"tasks": ["removal", "addition", "edit", "deblur", "denoise", "watermark-removal"]}
DEFAULT = RuleSet.model_validate(
    {
        "rules": [
            {"name": "blurred-target", "kind": "threshold", "score": "sharpness", "of": "target", "min": 0.33}
            | _PHOTOGRAPHS,
            {"name": "noisy-target", "kind": "threshold", "score": "noise", "of": "target", "max": 3.0} | _PHOTOGRAPHS,
            {"name": "blocky-target", "kind": "threshold", "score": "blockiness", "of": "target", "max": 1.9}
            | _PHOTOGRAPHS,
            {"name": "low-target", "kind": "threshold", "score": "classical-quality", "of": "target", "min": 0.6}
            | _PHOTOGRAPHS,
            {"name": "large-gap", "kind": "gap", "score": "classical-quality", "max": 0.1} | _PHOTOGRAPHS,
            {"name": "nothing-changed", "kind": "threshold", "score": "change-inside", "of": "pair", "min": 0.02}
            | _EDITS,
            {"name": "changed-elsewhere", "kind": "threshold", "score": "change-outside", "of": "pair", "max": 0.02}
            | _EDITS,
            {"name": "visible-seam", "kind": "threshold", "score": "seam", "of": "pair", "max": 1.9} | _EDITS,
            {"name": "flat-fill", "kind": "threshold", "score": "detail-inside", "of": "pair", "min": 0.18} | _EDITS,
        ]
    }
)
"""What ``ieiw cut`` applies where no rule file is given."""


def load_rules(path: str | Path) -> RuleSet:
    """Read a rule file.

    Raises:
        UsageError: missing, no YAML, or a wrong key or value: names file, line, field and remedy.
    """
    return load_settings(RuleSet, Path(path), "rule file")


def to_yaml(rules: RuleSet) -> str:
    """The rules as YAML, as a data card shows them."""
    plain: Any = rules.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(plain, sort_keys=False)
