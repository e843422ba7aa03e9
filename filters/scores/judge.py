"""A vision-language model's marks of an edit, by the role ``judge``. One answer holds all three, and is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

from ieiw.filters.scores.base import Pair, PairScore
from ieiw.models.protocols import JudgeJob, Judgement
from ieiw.models.roles import JUDGE


class _Judged(PairScore):
    """One of the three marks.

    Args:
        judge: a backend of the role ``judge``.
        options: of that backend, such as ``base`` and ``model``.
    """

    batch: ClassVar[int] = 32
    needs: ClassVar[str] = "judge"
    mark: ClassVar[str]

    def __init__(self, judge: str = "endpoint", **options: Any) -> None:
        self._judge = JUDGE.make(judge, options)
        self._tallied: Counter[str] = Counter()

    def describe(self) -> dict[str, str]:
        """Those of the judge."""
        return self._judge.describe()

    def of_pair(self, pair: Pair) -> float:
        """0..1; NaN where the judge gave no valid answer."""
        return self.of_pairs([pair])[0]

    def of_pairs(self, pairs: Sequence[Pair]) -> list[float]:
        """See :meth:`of_pair`."""
        answers: list[Judgement] = self._judge.judge(
            [JudgeJob(pair.instruction, pair.source, pair.target) for pair in pairs]
        )
        for answer in answers:
            self._tallied["judged"] += 1
            self._tallied["tokens"] += answer.tokens
            if answer.problem:
                self._tallied[f"no value: {answer.problem}"] += 1
        return [float(getattr(answer, self.mark)) for answer in answers]

    def tally(self) -> Counter[str]:
        """See :class:`~ieiw.filters.scores.base.Score`."""
        tallied, self._tallied = self._tallied, Counter()
        return tallied


class JudgeFollows(_Judged):
    """Whether the edit did what was asked."""

    name = "judge-follows"
    mark = "follows"


class JudgeKeeps(_Judged):
    """Whether all else stayed as it was."""

    name = "judge-keeps"
    mark = "keeps"


class JudgeClean(_Judged):
    """Whether the result is free of artefacts."""

    name = "judge-clean"
    mark = "clean"
