"""What a rule offers. Its fields are what a rule file may say of it; every rule drops rows under its own name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from ieiw.filters.frame import Frame
from ieiw.filters.registry import better_of, kind_of, known
from ieiw.filters.scores.base import Better, Kind
from ieiw.triplets.settings.yaml_file import SplitName, Strict

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[Any]
Limits = Mapping[str, Sequence[float | None]]
"""The bounds in force, by group of ``per`` (one entry named ``all`` without): (least, most)."""


class PictureSet(Strict):
    """The pictures of a data set's split, where they lie in the official layout."""

    dataset: str = Field(min_length=1)
    root: str = Field(min_length=1)
    split: SplitName
    options: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule says of every row; only its word on rows that it was asked about counts.

    Attributes:
        drop: whether it refuses the row.
        value: the number that decided, NaN where that was undefined; None for a rule that looks at no number.
        limits: what the numbers were compared with.
    """

    drop: Bools
    value: Floats | None = None
    limits: Limits = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Knob:
    """A number of a rule that a person may move: its field, what it says of it, and how far; None: as the rule's values go."""

    field: str
    words: str
    low: float | None = None
    high: float | None = None
    step: float | None = None


class Rule(Strict, ABC):
    """What all rules say: their name, and the tasks and sources whose rows they are asked about (all, where none are named)."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    tasks: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    if TYPE_CHECKING:
        kind: str  # each kind declares its own word

    @abstractmethod
    def ask(self, frame: Frame, alive: Bools) -> Outcome:
        """Judge all rows.

        Args:
            frame: rows and scores.
            alive: (rows,), which are still there and of the rule's tasks and sources.
        """

    @abstractmethod
    def words(self) -> str:
        """What the rule asks for, as one phrase."""

    def scores(self) -> set[str]:
        """Names of the scores that it reads."""
        return set()

    def places(self) -> tuple[str | PictureSet, ...]:
        """Folders, builds and data sets whose pictures it reads."""
        return ()

    @property
    def relative(self) -> bool:
        """Whether its verdict on a row depends on which other rows are still there."""
        return False

    @property
    def subject(self) -> tuple[str, str] | None:
        """Score and role (source, target, gap or pair) whose values it bounds."""
        return None

    @property
    def better(self) -> Better:
        """Which of the values that it bounds are better."""
        return better_of(self.subject[0]) if self.subject and self.subject[1] != "gap" else "lower"

    def values(self, frame: Frame) -> Floats:
        """What it bounds, for every row; NaN where it bounds nothing."""
        return frame.score(*self.subject) if self.subject else np.full(len(frame), np.nan, np.float32)

    def knobs(self) -> tuple[Knob, ...]:
        """Its numbers that may be moved."""
        return ()

    def margins(self, frame: Frame, limits: Limits) -> dict[str, Floats]:
        """How far inside its limits each row lies, by side (``least``, ``most``); empty where there is no bound to move.

        In float32, as the rule compares, so that a margin is negative exactly where it refuses the row.
        """
        return {}

    def describe(self) -> str:
        """Its words, and the tasks and sources that it is about where not all."""
        scopes = [(self.tasks, "tasks"), (self.sources, "sources")]
        named = [", ".join(names) if len(names) <= 2 else f"{len(names)} {kind}" for names, kind in scopes if names]
        return self.words() + (f" (of {' in '.join(named)})" if named else "")

    def concerns(self, frame: Frame) -> Bools:
        """Which rows are of its tasks and sources."""
        rows = np.ones(len(frame), np.bool_)
        for column, wanted in (("task", self.tasks), ("source", self.sources)):
            if wanted:
                rows &= frame.among(column, wanted)
        return rows


class BestKept(Rule):
    """A rule that keeps the best by a score: of the target for scores of pictures."""

    keep: str = "classical-quality"

    @model_validator(mode="after")
    def _sortable(self) -> BestKept:
        check_score(self.keep, "picture", "pair", use="`keep`")
        return self

    def scores(self) -> set[str]:
        """See :class:`Rule`."""
        return {self.keep}

    @property
    def relative(self) -> bool:
        """See :class:`Rule`."""
        return True

    def best_first(self, frame: Frame, alive: Bools) -> npt.NDArray[np.int64]:
        """Rows still there, best first; equal ones in the order of the index, those without a score last."""
        rows = np.flatnonzero(alive)
        values = frame.score(self.keep, "pair" if kind_of(self.keep) == "pair" else "target")[rows]
        cost = -values if better_of(self.keep) == "higher" else values
        return rows[np.argsort(np.where(np.isnan(cost), np.inf, cost), kind="stable")]


def check_score(name: str, *kinds: Kind, use: str) -> None:
    """Make sure that a score is of one of the kinds.

    Raises:
        ValueError: it is not, or there is none of that name; lists those that would do.
    """
    if name not in known():
        raise ValueError(f"no score is called {name!r}. Known: {', '.join(known())}")
    kind = kind_of(name)
    if kind not in kinds:
        fit = ", ".join(each for each in known() if kind_of(each) in kinds)
        raise ValueError(f"{name} is a score of a {kind}, which cannot serve as {use}. Use one of: {fit}")
