"""``kind: gap``."""

from __future__ import annotations

from typing import Literal

from ieiw.filters.rules.bounds import BoundedScore


class Gap(BoundedScore):
    """Bounds on the score of the source minus that of the target: the paper's large gap between source and target."""

    kind: Literal["gap"]

    @property
    def subject(self) -> tuple[str, str]:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return self.score, "gap"
