"""``kind: threshold``."""

from __future__ import annotations

from typing import Literal

from ieiw.filters.rules.bounds import BoundedScore


class Threshold(BoundedScore):
    """Bounds on one score: of the source, the target, or (for scores of pairs) the pair."""

    kind: Literal["threshold"]
    of: Literal["source", "target", "pair"] = "target"

    @property
    def subject(self) -> tuple[str, str]:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return self.score, self.of
