"""``kind: gap``."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from ieiw.filters.rules.base import check_score
from ieiw.filters.rules.bounds import BoundedScore


class Gap(BoundedScore):
    """Bounds on the score of the source minus that of the target: the paper's large gap between source and target."""

    kind: Literal["gap"]

    @model_validator(mode="after")
    def _of_kind(self) -> Gap:
        check_score(self.score, ("picture",), "a gap between source and target")
        return self

    @property
    def subject(self) -> tuple[str, str]:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return self.score, "gap"

    def words(self) -> str:
        """See :class:`~ieiw.filters.rules.base.Rule`."""
        return f"{self.score}, source minus target: {super().words()}"
