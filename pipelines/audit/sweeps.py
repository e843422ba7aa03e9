"""What moving a rule's bound would do."""

from __future__ import annotations

from dataclasses import dataclass
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
    """What moving each bound of each rule would do, the other rules as they are."""
    sides = {number: margins(ledger, number) for number in range(len(ledger.rules))}
    passes = {
        number: np.logical_and.reduce([margin >= 0 for margin in found.values()])
        for number, found in sides.items()
        if found
    }
    return tuple(
        _swept(ledger, number, side, sides[number], passes) for number, found in sides.items() for side in found
    )


def _swept(
    ledger: Ledger,
    number: int,
    side: str,
    sides: dict[str, npt.NDArray[Any]],
    passes: dict[int, npt.NDArray[np.bool_]],
) -> Swept:
    """Rows that a later rule would drop are told by that rule's bounds; other kinds of rules cannot be asked again here."""
    assert ledger.cut is not None
    rule, step = ledger.rules[number], ledger.cut.funnel[number]
    asked = ledger.reaching(number)
    for name, margin in sides.items():
        if name != side:
            asked &= margin >= 0
    others = asked.copy()
    for later, good in passes.items():
        if later > number:
            others &= good
    dropped_later = (ledger.rule > number) & np.isin(
        ledger.rule, [at for at in range(len(ledger.rules)) if at not in passes]
    )
    others &= ~dropped_later
    movable = [each for at, each in enumerate(ledger.rules) if at >= number]
    exact = not any(each.relative for each in movable if each is not rule)
    bounds = [pair[0 if side == "least" else 1] for pair in step.bounds.values()]
    bound = bounds[0] if len(bounds) == 1 else None
    result = stats.sweep(sides[side][asked], others[asked])
    return Swept(rule.name, side, rule.subject[0] if rule.subject else "", bound, exact, result)
