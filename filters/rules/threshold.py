"""``kind: threshold``."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from ieiw.filters.rules.base import check_score
from ieiw.filters.rules.bounds import BoundedScore


class Threshold(BoundedScore):
    """Bounds on one score: of the source, the target, or (for scores of pairs) the pair."""

    kind: Literal["threshold"]
    of: Literal["source", "target", "pair"] = "target"

    @model_validator(mode="after")
    def _of_kind(self) -> Threshold:
        check_score(self.score, ("pair",) if self.of == "pair" else ("picture",), f"a threshold of: {self.of}")
        return self

    @property
    def subject(self) -> tuple[str, str]:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return self.score, self.of

    def words(self) -> str:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return f"{self.score} of the {self.of}: {super().words()}"
