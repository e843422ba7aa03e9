"""What moving a rule's bound would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.filters import statistics as stats
from ieiw.filters.frame import Frame
from ieiw.filters.rules import Cap, Duplicates, Gap, Rule, Threshold
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
    """How far inside its bounds each row lies, by side (``least``, ``most``); sides without a bound are left out.

    In float32, as the rules compare, so that a margin is negative exactly where the rule refuses the row.
    """
    rule = ledger.rules[number]
    if not isinstance(rule, Threshold | Gap) or ledger.cut is None:
        return {}
    bounds = ledger.cut.funnel[number].bounds
    values = ledger.values(rule).astype(np.float32)
    found = {}
    for side, at, sign in (("least", 0, 1), ("most", 1, -1)):
        if any(pair[at] is not None for pair in bounds.values()):
            limits = _limits(ledger.frame, rule.per, {name: pair[at] for name, pair in bounds.items()}, -sign)
            found[side] = sign * (values - limits)
    return found


def _limits(
    frame: Frame, per: str, bounds: dict[str, float | None], endless: int
) -> npt.NDArray[np.float32] | np.float32:
    """The bound of each row's group; endless where there is none."""
    if not per:
        bound = bounds.get("all")
        return np.float32(endless * np.inf if bound is None else bound)
    codes, first, inverse = np.unique(frame.codes(per), return_index=True, return_inverse=True)
    columns = [frame.table[column].take(first).to_pylist() for column in per.split("+")]
    names = ["/".join(parts) for parts in zip(*columns, strict=True)]
    found = [bounds.get(name) for name in names]
    table = np.array([endless * np.inf if bound is None else bound for bound in found], np.float32)
    return np.asarray(table[inverse.ravel()], np.float32)


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
    assert isinstance(rule, Threshold | Gap)
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
    exact = not any(_relative(each) for each in movable if each is not rule)
    bounds = [pair[0 if side == "least" else 1] for pair in step.bounds.values()]
    bound = bounds[0] if len(bounds) == 1 else None
    result = stats.sweep(sides[side][asked], others[asked])
    return Swept(rule.name, side, rule.score, bound, exact, result)


def _relative(rule: Rule) -> bool:
    """Whether a rule's verdict on a row depends on which other rows are there."""
    if isinstance(rule, Threshold | Gap):
        return rule.drop_lowest is not None or rule.drop_highest is not None
    return isinstance(rule, Duplicates | Cap)
