"""Rules: what a cut keeps. YAML checked by pydantic; every rule drops rows under its own name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from filters.composite import COMPOSITES
from filters.registry import SCORES
from triplets.reasons import UsageError
from triplets.settings import explain, read_yaml

Role = Literal["source", "target"]
Per = Literal["", "task", "source", "source+task"]


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")


class _Bounds(_Rule):
    """A bound: absolute (``min``, ``max``), or the share to drop at an end, overall or ``per`` task or source."""

    score: str
    min: float | None = None
    max: float | None = None
    drop_lowest: float | None = Field(default=None, gt=0, lt=1)
    drop_highest: float | None = Field(default=None, gt=0, lt=1)
    per: Per = ""

    @model_validator(mode="after")
    def _bounded(self) -> _Bounds:
        if (self.min, self.max, self.drop_lowest, self.drop_highest) == (None, None, None, None):
            raise ValueError("give min, max, drop_lowest or drop_highest")
        if self.score not in SCORES and self.score not in COMPOSITES:
            raise ValueError(f"no score is called {self.score!r}. Known: {', '.join(sorted({*SCORES, *COMPOSITES}))}")
        return self


class Threshold(_Bounds):
    """Bounds on one score: of the source, the target, or (for scores of pairs) the pair."""

    kind: Literal["threshold"]
    of: Literal["source", "target", "pair"] = "target"


class Gap(_Bounds):
    """Bounds on the score of the source minus that of the target: the paper's large gap between source and target."""

    kind: Literal["gap"]


class Duplicates(_Rule):
    """Rows whose picture was seen before, exactly or within ``distance`` bits of its hash; the best by ``keep`` stays."""

    kind: Literal["duplicates"]
    of: Literal["source", "target", "pair"] = "pair"
    distance: int = Field(default=0, ge=0, le=16)
    keep: str = "classical-quality"


class Decontaminate(_Rule):
    """Rows with a picture within ``distance`` bits of one in the given folders: evaluation pictures, say."""

    kind: Literal["decontaminate"]
    pictures: tuple[str, ...] = Field(min_length=1)
    distance: int = Field(default=6, ge=0, le=16)


class Licences(_Rule):
    """Rows whose licence starts with none of the given texts."""

    kind: Literal["licences"]
    allow: tuple[str, ...] = Field(min_length=1)


class Cap(_Rule):
    """At most ``most`` rows of each group, source or task; the best by ``keep`` stay."""

    kind: Literal["cap"]
    per: Literal["group", "source", "task", "source+task"]
    most: int = Field(ge=1)
    keep: str = "classical-quality"


Rule = Annotated[Threshold | Gap | Duplicates | Decontaminate | Licences | Cap, Field(discriminator="kind")]


class Split(BaseModel):
    """How kept rows are parted: by picture, so that no picture is on both sides."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    validation: float = Field(default=0.02, ge=0, lt=1)
    seed: int = 0


class RuleSet(BaseModel):
    """A rule file: rules in the order in which they are asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: tuple[Rule, ...] = ()
    split: Split = Split()

    @model_validator(mode="after")
    def _distinct(self) -> RuleSet:
        names = [rule.name for rule in self.rules]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two rules are named {twice[0]!r}")
        return self

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


DEFAULT = RuleSet.model_validate(
    {
        "rules": [
            {"name": "blurred-target", "kind": "threshold", "score": "sharpness", "of": "target", "min": 0.25},
            {"name": "noisy-target", "kind": "threshold", "score": "noise", "of": "target", "max": 6.0},
            {"name": "blocky-target", "kind": "threshold", "score": "blockiness", "of": "target", "max": 2.4},
            {"name": "low-target", "kind": "threshold", "score": "classical-quality", "of": "target", "min": 0.3},
            {"name": "large-gap", "kind": "gap", "score": "classical-quality", "max": 0.25},
            {"name": "nothing-changed", "kind": "threshold", "score": "change-inside", "of": "pair", "min": 0.05},
            {"name": "changed-elsewhere", "kind": "threshold", "score": "change-outside", "of": "pair", "max": 0.02},
            {"name": "duplicate", "kind": "duplicates", "of": "pair"},
        ]
    }
)
"""What ``ieiw cut`` applies where no rule file is given."""


def load_rules(path: Path) -> RuleSet:
    """Read a rule file.

    Raises:
        UsageError: missing, no YAML, or a wrong key or value: names file, line, field and remedy.
    """
    values, tree = read_yaml(path, "rule file")
    try:
        return RuleSet.model_validate(values)
    except ValidationError as error:
        raise UsageError("\n".join(explain(path, tree, dict(issue)) for issue in error.errors())) from error


def to_yaml(rules: RuleSet) -> str:
    """The rules as YAML, as a data card shows them."""
    plain: Any = rules.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(plain, sort_keys=False)
