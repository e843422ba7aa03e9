"""``kind: weighted``."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from ieiw.filters.frame import Frame
from ieiw.filters.registry import kind_of
from ieiw.filters.rules.base import Floats, check_score
from ieiw.filters.rules.bounds import Bound, Bounded, Per, Share
from ieiw.filters.scores.base import Better


class Weighted(Bounded):
    """Bounds on a weighted sum of scores: of the source or the target, with scores of pairs beside.

    Weights of scores where lower is better are mostly negative. A row that lacks one of them has no value.
    """

    kind: Literal["weighted"]
    weights: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = Field(min_length=1)
    of: Literal["source", "target"] = "target"
    min: Bound = None
    max: Bound = None
    drop_lowest: Share = None
    drop_highest: Share = None
    per: Per = ""

    @property
    def what(self) -> str:
        """See :class:`~ieiw.filters.rules.bounds.Bounded`."""
        terms = " + ".join(f"{weight:g} × {name}" for name, weight in self.weights.items())
        return f"{terms} of the {self.of}"

    @property
    def better(self) -> Better:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return "higher"

    @model_validator(mode="after")
    def _checked(self) -> Weighted:
        for name in self.weights:
            check_score(name, "picture", "pair", use="`weights`")
        return self

    def scores(self) -> set[str]:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return set(self.weights)

    def values(self, frame: Frame) -> Floats:
        """The sum, for every row."""
        total = np.zeros(len(frame), np.float64)
        for name, weight in self.weights.items():
            total += weight * frame.score(name, "pair" if kind_of(name) == "pair" else self.of)
        return total.astype(np.float32)
