"""A rule file: what a cut keeps. YAML checked by pydantic."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Union

import yaml
from pydantic import Field, model_validator

from ieiw.filters.composite import COMPOSITES
from ieiw.filters.registry import RULES, load_rule
from ieiw.filters.rules.base import PictureSet, Rule
from ieiw.triplets.settings.yaml_file import Strict, load_settings

if TYPE_CHECKING:
    AnyRule = Rule
else:
    AnyRule = Annotated[Union[tuple(map(load_rule, RULES))], Field(discriminator="kind")]  # noqa: UP007 - of a table


class Split(Strict):
    """How kept rows are parted: by picture, so that no picture is on both sides."""

    validation: float = Field(default=0.02, ge=0, lt=1)
    seed: int = 0


class RuleSet(Strict):
    """A rule file: rules in the order in which they are asked."""

    rules: tuple[AnyRule, ...] = ()
    split: Split = Split()

    @model_validator(mode="after")
    def _distinct(self) -> RuleSet:
        names = [rule.name for rule in self.rules]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two rules are named {twice[0]!r}")
        return self

    def places(self) -> list[str | PictureSet]:
        """Folders, builds and data sets whose pictures the rules read."""
        return [place for rule in self.rules for place in rule.places()]

    def scores(self) -> set[str]:
        """Names of the scores and hashes that the rules read, composites taken apart."""
        wanted = {name for rule in self.rules for name in rule.scores()}
        return {part for name in wanted for part in (COMPOSITES[name].parts if name in COMPOSITES else (name,))}


def default_rules(photographic: Sequence[str], mirrored: Sequence[str]) -> RuleSet:
    """What applies where no rule file is given.

    Args:
        photographic: tasks whose targets are photographs; what others draw says nothing about a picture's quality.
        mirrored: tasks in pairs that show the same two pictures, of which a model painted one.
    """
    target: dict[str, object] = {"kind": "threshold", "of": "target", "tasks": photographic}
    pair: dict[str, object] = {"kind": "threshold", "of": "pair", "tasks": mirrored}
    rules = [
        target | {"name": "blurred-target", "score": "sharpness", "min": 0.33},
        target | {"name": "noisy-target", "score": "noise", "max": 3.0},
        target | {"name": "blocky-target", "score": "blockiness", "max": 1.9},
        target | {"name": "low-target", "score": "classical-quality", "min": 0.6},
        {"name": "large-gap", "kind": "gap", "score": "classical-quality", "max": 0.1, "tasks": photographic},
        pair | {"name": "nothing-changed", "score": "change-inside", "min": 0.02},
        pair | {"name": "changed-elsewhere", "score": "change-outside", "max": 0.02},
        pair | {"name": "visible-seam", "score": "seam", "max": 1.9},
        pair | {"name": "flat-fill", "score": "detail-inside", "min": 0.18},
    ]
    return RuleSet.model_validate({"rules": rules})


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
