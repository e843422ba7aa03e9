"""The books of an audit: every attempt accounted for, by reason, rule, source, task and unit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ieiw.filters.columns import coded
from ieiw.pipelines.audit.load import KEPT, Ledger
from ieiw.triplets.rejects import SELECTION

MOST_GROUPS = 15
"""Sources, tasks and units that a table names one by one; the rest is summed up."""


@dataclass(frozen=True, slots=True)
class Check:
    """One equation of the books, in words with its numbers, and whether it holds."""

    text: str
    holds: bool


@dataclass(frozen=True, slots=True)
class RuleNote:
    """A rule in plain words with its line of the funnel."""

    name: str
    kind: str
    words: str
    dropped: int
    undefined: int
    left: int
    asked: int
    bounds: dict[str, tuple[float | None, float | None]]


@dataclass(frozen=True, slots=True)
class Group:
    """A source, task or unit: what was planned for it and what became of it."""

    name: str
    planned: int
    rejected: int
    dropped: int
    kept: int
    main_loss: str = ""

    @property
    def lost(self) -> float:
        """Share of what was planned that was rejected or dropped."""
        return (self.rejected + self.dropped) / self.planned if self.planned else 0.0


@dataclass(frozen=True, slots=True)
class Books:
    """Every attempt accounted for. ``reasons`` and ``rules`` are in falling and in asked order."""

    planned: int
    rejected: int
    built: int
    dropped: int
    kept: int
    train: int
    validation: int
    reasons: dict[str, int]
    chosen: tuple[str, ...]
    rules: tuple[RuleNote, ...]
    checks: tuple[Check, ...]


def books(ledger: Ledger) -> Books:
    """Counted from the index and the cut's rows; what build.json and cut.json say is only compared."""
    planned = sum(source.attempts for source in ledger.state.sources.values())
    reasons = dict(Counter(ledger.rejects["reason"].to_pylist()).most_common())
    built, rejected = len(ledger.frame), ledger.rejects.num_rows
    kept = int((ledger.rule == KEPT).sum())
    train, validation = (int((ledger.side == side).sum()) for side in (0, 1))
    rules, left = list[RuleNote](), built
    counts = np.bincount(ledger.rule[ledger.rule >= 0], minlength=len(ledger.rules)).tolist()
    for rule, step, count in zip(ledger.rules, ledger.cut.funnel if ledger.cut else (), counts, strict=True):
        asked, left = left, left - count
        rules.append(RuleNote(rule.name, rule.kind, rule.describe(), count, step.undefined, left, asked, step.bounds))
    checks = [Check(f"{planned:,} planned = {built:,} built + {rejected:,} rejected", planned == built + rejected)]
    stated = sum(count.built for count in ledger.state.counts.values())
    checks.append(Check(f"{built:,} rows in the index = {stated:,} built by build.json", built == stated))
    if ledger.cut is not None:
        dropped = sum(rule.dropped for rule in rules)
        checks.append(Check(f"{built:,} built = {kept:,} kept + {dropped:,} dropped", built == kept + dropped))
        checks.append(Check(f"{kept:,} kept = {train:,} train + {validation:,} validation", kept == train + validation))
        same = all(note.dropped == step.dropped for note, step in zip(rules, ledger.cut.funnel, strict=True))
        checks.append(Check("what each rule dropped, counted by row, is what cut.json says", same))
    chosen = tuple(reason for reason in reasons if reason in SELECTION)
    return Books(
        planned, rejected, built, built - kept, kept, train, validation, reasons, chosen, tuple(rules), tuple(checks)
    )


def groups_of(ledger: Ledger, column: str) -> list[Group]:
    """What became of each value of a column, units named with their source."""
    codes, names = ledger.frame.codes(column), ledger.frame.names(column)
    dead, dead_names = coded(ledger.rejects[column])
    number = {name: at for at, name in enumerate(names)}
    places = [number.setdefault(name, len(number)) for name in dead_names.to_pylist()]
    remapped = np.array(places or [0], np.int64)[dead]
    count = len(number)
    lost = ledger.rule >= 0
    built = np.bincount(codes, minlength=count)
    dropped = np.bincount(codes[lost], minlength=count)
    rejected = np.bincount(remapped, minlength=count)
    loss = _main_losses(ledger, codes, remapped, count)
    counts = [each.tolist() for each in (built + rejected, rejected, dropped, built - dropped)]
    return [Group(*each) for each in zip(number, *counts, loss, strict=True)]


def _main_losses(ledger: Ledger, codes: npt.NDArray[np.int64], dead: npt.NDArray[np.int64], count: int) -> list[str]:
    """The reason or rule that took most of each group; empty where nothing was lost."""
    reasons, reason_names = coded(ledger.rejects["reason"])
    labels = [*(rule.name for rule in ledger.rules), *reason_names.to_pylist()]
    if not labels:
        return [""] * count
    lost = ledger.rule >= 0
    places = np.concatenate(
        [codes[lost] * len(labels) + ledger.rule[lost], dead * len(labels) + reasons + len(ledger.rules)]
    )
    distinct, counts = np.unique(places, return_counts=True)
    best: dict[int, tuple[int, int]] = {}
    for place, each in zip(distinct.tolist(), counts.tolist(), strict=True):
        group, label = divmod(place, len(labels))
        if each > best.get(group, (0, 0))[0]:
            best[group] = (each, label)
    return [labels[best[at][1]] if at in best else "" for at in range(count)]


def worst_units(ledger: Ledger, groups: list[Group]) -> tuple[Group, ...]:
    """The units that lost the largest share, named as their files are: source, dash, unit."""
    ordered = sorted(groups, key=lambda each: (-each.lost, -each.planned, each.name))[:MOST_GROUPS]
    source = {ref.unit: ref.source for ref in ledger.state.refs()} if ordered else {}
    return tuple(
        replace(each, name=f"{source[each.name]}-{each.name}" if each.name in source else each.name) for each in ordered
    )


def largest(groups: list[Group]) -> tuple[Group, ...]:
    """The largest groups one by one, all others as one."""
    ordered = sorted(groups, key=lambda each: (-each.planned, each.name))
    if len(ordered) <= MOST_GROUPS:
        return tuple(ordered)
    head, rest = ordered[: MOST_GROUPS - 1], ordered[MOST_GROUPS - 1 :]
    sums = [sum(getattr(each, name) for each in rest) for name in ("planned", "rejected", "dropped", "kept")]
    return (*head, Group(f"{len(rest):,} others", *sums))
