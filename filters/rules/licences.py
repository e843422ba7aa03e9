"""``kind: licences``."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from ieiw.filters.frame import Frame
from ieiw.filters.rules.base import Bools, Outcome, Rule


class Licences(Rule):
    """Rows whose licence starts with none of the given texts."""

    kind: Literal["licences"]
    allow: tuple[str, ...] = Field(min_length=1)

    def words(self) -> str:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return f"licence starts with {' or '.join(self.allow)}"

    def ask(self, frame: Frame, alive: Bools) -> Outcome:
        """Each distinct licence is looked at once."""
        allowed = np.array([name.startswith(self.allow) for name in frame.names("licence")], np.bool_)
        return Outcome(~allowed[frame.codes("licence")])
