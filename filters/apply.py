"""Apply rules to a frame: every row is kept, or dropped by the first rule that refuses it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ieiw.filters.frame import Frame
from ieiw.filters.rule_set import RuleSet
from ieiw.filters.rules.base import Bools, Limits, Outcome, Rule
from ieiw.triplets.errors import UsageError

KEPT = -1


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the funnel; ``bounds`` are those that were in force."""

    rule: str
    dropped: int
    undefined: int
    left: int
    bounds: Limits


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What became of every row: the number of the rule that dropped it or :data:`KEPT`, and the value that decided."""

    rule: npt.NDArray[np.int16]
    value: npt.NDArray[np.float32]
    funnel: list[Step]


def apply_rules(frame: Frame, rules: RuleSet, ask: Callable[[int, Rule, Bools], Outcome] | None = None) -> Verdicts:
    """Ask the rules in order; a NaN score is a drop by that rule, never a pass.

    Args:
        frame: rows and scores.
        rules: in order.
        ask: number of a rule, rule and the rows it is asked about -> its outcome; for who remembers some.
    """
    verdict = np.full(len(frame), KEPT, np.int16)
    deciding = np.full(len(frame), np.nan, np.float32)
    funnel: list[Step] = []
    for number, rule in enumerate(rules.rules):
        alive = verdict == KEPT
        asked = alive & rule.concerns(frame)
        outcome = ask(number, rule, asked) if ask else rule.ask(frame, asked)
        drop = outcome.drop & asked
        verdict[drop] = number
        undefined, dropped = 0, int(drop.sum())
        if outcome.value is not None:
            deciding[drop] = outcome.value[drop]
            undefined = int(np.isnan(deciding[drop]).sum())
        funnel.append(Step(rule.name, dropped, undefined, int(alive.sum()) - dropped, outcome.limits))
    return Verdicts(verdict, deciding, funnel)


def check_names(frame: Frame, rules: RuleSet) -> None:
    """Refuse rules about tasks or sources that the build has not: a misspelt name would never drop anything.

    Raises:
        UsageError: names the rule and what there is.
    """
    for rule in rules.rules:
        for column, wanted in (("task", rule.tasks), ("source", rule.sources)):
            lost = sorted(set(wanted) - set(frame.names(column)) if wanted else ())
            if lost:
                there = ", ".join(sorted(frame.names(column))[:20])
                raise UsageError(f"rule {rule.name}, {column}s: the build has no {column} {lost[0]!r}. It has: {there}")


def licences_of(frame: Frame, rows: npt.NDArray[np.int64]) -> dict[str, int]:
    """Licence -> how many of the rows, most frequent first; what follows a comma (a picture's address) is left out."""
    names = frame.names("licence")
    counts = np.bincount(frame.codes("licence")[rows], minlength=len(names))
    found: Counter[str] = Counter()
    for name, count in zip(names, counts.tolist(), strict=True):
        if count:
            found[name.partition(",")[0].strip()] += count
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))
