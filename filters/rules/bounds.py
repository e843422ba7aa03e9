"""Bounds on a number of each row, absolute or by share: what thresholds and gaps have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from ieiw.filters.frame import Frame
from ieiw.filters.rules.base import Bools, Floats, Knob, Limits, Outcome, Rule, check_score

Bound = Annotated[float | None, Field(allow_inf_nan=False)]
Share = Annotated[float | None, Field(gt=0, lt=1)]
Per = Literal["", "task", "source", "source+task"]


class Bounded(Rule):
    """A bound on a number: absolute (``min``, ``max``), or the share to drop at an end, overall or ``per`` task or source."""

    if TYPE_CHECKING:  # each kind declares them, in the order of its rule file
        min: Bound
        max: Bound
        drop_lowest: float | None
        drop_highest: float | None
        per: str

    @property
    @abstractmethod
    def what(self) -> str:
        """The number in words."""

    @model_validator(mode="after")
    def _bounded(self) -> Bounded:
        if (self.min, self.max, self.drop_lowest, self.drop_highest) == (None, None, None, None):
            raise ValueError("give min, max, drop_lowest or drop_highest")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min:g} is above max {self.max:g}: nothing could pass")
        return self

    @property
    def relative(self) -> bool:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return self.drop_lowest is not None or self.drop_highest is not None

    def knobs(self) -> tuple[Knob, ...]:
        """See :class:`~ieiw.filters.rules.base.Rule`: those bounds that are set."""
        ends = (Knob(f"drop_{end}", f"drop {end}", 0.005, 0.995, 0.005) for end in ("lowest", "highest"))
        knobs = [Knob("min", "at least"), Knob("max", "at most"), *ends]
        return tuple(knob for knob in knobs if getattr(self, knob.field) is not None)

    def words(self) -> str:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        limits = [f"at least {self.min:g}"] if self.min is not None else []
        limits += [f"at most {self.max:g}"] if self.max is not None else []
        limits += [f"not among the lowest {self.drop_lowest:.3g}"] if self.drop_lowest is not None else []
        limits += [f"not among the highest {self.drop_highest:.3g}"] if self.drop_highest is not None else []
        within = f", within each {self.per.replace('+', ' and ')}" if self.per else ""
        return f"{self.what}: {' and '.join(limits)}{within}"

    def ask(self, frame: Frame, alive: Bools) -> Outcome:
        """Rows outside the bounds, which quantiles set over the rows still there, overall or in each group."""
        values = self.values(frame)
        drop = np.isnan(values)
        limits: dict[str, list[float | None]] = {}
        for name, members in self._groups(frame, alive):
            inside = values[members]
            sound = inside[~np.isnan(inside)]
            least, most = self.min, self.max  # in force is the stricter of the absolute bound and that of the quantile
            if self.drop_lowest is not None and len(sound):
                lowest = float(np.quantile(sound, self.drop_lowest))
                least = lowest if least is None else max(least, lowest)
            if self.drop_highest is not None and len(sound):
                highest = float(np.quantile(sound, 1 - self.drop_highest))
                most = highest if most is None else min(most, highest)
            if least is not None:
                drop[members] |= inside < least
            if most is not None:
                drop[members] |= inside > most
            limits[name] = [least, most]
        return Outcome(drop, values, limits)

    def _groups(self, frame: Frame, alive: Bools) -> Iterator[tuple[str, npt.NDArray[np.int64]]]:
        """Name and rows still there of each group."""
        rows = np.flatnonzero(alive)
        if not self.per or not len(rows):
            yield from [("all", rows)] if len(rows) else []
            return
        codes = frame.codes(self.per)[rows]
        order = np.argsort(codes, kind="stable")
        for members in np.split(rows[order], np.flatnonzero(np.diff(codes[order])) + 1):
            yield "/".join(str(frame.table[column][int(members[0])]) for column in self.per.split("+")), members

    def margins(self, frame: Frame, limits: Limits) -> dict[str, Floats]:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        values = self.values(frame).astype(np.float32)
        groups, inverse = ["all"], np.zeros(len(frame), np.int64)
        if self.per:
            _, first, inverse = np.unique(frame.codes(self.per), return_index=True, return_inverse=True)
            columns = [frame.table[column].take(first).to_pylist() for column in self.per.split("+")]
            groups = ["/".join(names) for names in zip(*columns, strict=True)]
        found = {}
        for side, at, sign in (("least", 0, 1), ("most", 1, -1)):
            bounds = [limits[group][at] if group in limits else None for group in groups]
            if any(bound is not None for bound in bounds):
                endless = -sign * np.inf  # where a group has no bound
                table = np.array([endless if bound is None else bound for bound in bounds], np.float32)
                found[side] = sign * (values - table[inverse.ravel()])
        return found


class BoundedScore(Bounded):
    """A bound on one score."""

    score: str
    min: Bound = None
    max: Bound = None
    drop_lowest: Share = None
    drop_highest: Share = None
    per: Per = ""

    @property
    @abstractmethod
    def subject(self) -> tuple[str, str]:
        """See :class:`~ieiw.filters.rules.base.Rule`."""

    @property
    def what(self) -> str:
        """See :class:`Bounded`."""
        role = self.subject[1]
        return f"{self.score}, source minus target" if role == "gap" else f"{self.score} of the {role}"

    @model_validator(mode="after")
    def _checked(self) -> BoundedScore:
        role = self.subject[1]
        check_score(self.score, "pair" if role == "pair" else "picture", use=f"a bound on the {role}")
        return self

    def scores(self) -> set[str]:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return {self.score}
