"""What moving a rule's bound would do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.filters import statistics as stats
from ieiw.pipelines.audit.load import Ledger


@dataclass(frozen=True, slots=True)
class Swept:
    """The sweep of one side (``least`` or ``most``) of a rule's bound. ``bound`` is None where groups have their own."""

    rule: str
    side: str
    score: str
    bound: float | None
    exact: bool
    result: stats.Sweep


def margins(ledger: Ledger, number: int) -> dict[str, npt.NDArray[Any]]:
    """How far inside a rule's bounds in force each row lies, by side. See :meth:`ieiw.filters.rules.base.Rule.margins`."""
    return ledger.rules[number].margins(ledger.frame, ledger.cut.funnel[number].bounds) if ledger.cut else {}


def sweeps(ledger: Ledger) -> tuple[Swept, ...]:
    """What moving each bound of each rule would do, the other rules as they are.

    Rows that a later rule would drop are known by that rule's bounds; rules without bounds cannot be asked again here.
    """
    sides = [margins(ledger, number) for number in range(len(ledger.rules))]
    passes = [reduce(and_, (margin >= 0 for margin in each.values())) if each else None for each in sides]
    fixed = np.isin(ledger.rule, [number for number, good in enumerate(passes) if good is None])
    found = []
    for number, rule in enumerate(ledger.rules):
        exact = not any(later.relative for later in ledger.rules[number + 1 :])
        for side, margin in sides[number].items():
            inside = (other >= 0 for name, other in sides[number].items() if name != side)
            asked = reduce(and_, inside, ledger.reaching(number))
            others = asked & ~(fixed & (ledger.rule > number))
            others = reduce(and_, (good for good in passes[number + 1 :] if good is not None), others)
            assert ledger.cut is not None
            bounds = [pair[0 if side == "least" else 1] for pair in ledger.cut.funnel[number].bounds.values()]
            score = rule.subject[0] if rule.subject else ""
            bound = bounds[0] if len(bounds) == 1 else None
            found.append(Swept(rule.name, side, score, bound, exact, stats.sweep(margin[asked], others[asked])))
    return tuple(found)
