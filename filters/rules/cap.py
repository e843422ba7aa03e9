"""``kind: cap``."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from ieiw.filters.duplicates import rank_within
from ieiw.filters.frame import Frame
from ieiw.filters.rules.base import BestKept, Bools, Knob, Outcome


class Cap(BestKept):
    """At most ``most`` rows of each group, source or task; the best by ``keep`` stay."""

    kind: Literal["cap"]
    per: Literal["group", "source", "task", "source+task"]
    most: int = Field(ge=1)

    def knobs(self) -> tuple[Knob, ...]:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return (Knob("most", "rows of each", 1, max(20, 2 * self.most), 1),)

    def words(self) -> str:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return f"at most {self.most:,} of each {self.per.replace('+', ' and ')}; the best by {self.keep} stay"

    def ask(self, frame: Frame, alive: Bools) -> Outcome:
        """All but the best ``most`` of each group; the value is the row's place in its group, from 1."""
        order = self.best_first(frame, alive)
        place = np.full(len(frame), np.nan, np.float32)
        place[order] = rank_within(frame.codes("source+group" if self.per == "group" else self.per)[order]) + 1
        return Outcome(place > self.most, place, {"all": [None, float(self.most)]})
