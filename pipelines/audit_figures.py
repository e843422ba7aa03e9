"""The numbers of an audit: books, distributions, sweeps, worst units and drift."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from filters import statistics as stats
from filters.frame import Frame
from filters.rules import Cap, Decontaminate, Duplicates, Gap, Licences, Rule, Threshold
from pipelines.audit_load import KEPT, Ledger, ScoreInfo, coded_text, gap
from triplets.reasons import SELECTION

MOST_GROUPS = 15
"""Sources, tasks and units that a table names one by one; the rest is summed up."""
_JOINT_BINS = 36


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


@dataclass(frozen=True, slots=True)
class Mark:
    """A bound in force, to be drawn: which rule's, for which group (``all`` for every row), and on which side."""

    rule: str
    group: str
    least: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Distribution:
    """One score: histograms on common edges by what was scored (``source``, ``target``, ``gap`` or ``pair``)."""

    score: str
    better: str
    composite: bool
    histograms: dict[str, stats.Histogram]
    summaries: dict[str, stats.Summary]
    marks: dict[str, tuple[Mark, ...]]


@dataclass(frozen=True, slots=True)
class Swept:
    """The sweep of one side (``least`` or ``most``) of a rule's bound. ``bound`` is None where groups have their own."""

    rule: str
    side: str
    score: str
    bound: float | None
    exact: bool
    result: stats.Sweep


@dataclass(frozen=True, slots=True)
class Drifted:
    """A score's distribution here and in another build."""

    score: str
    role: str
    here: stats.Histogram
    there: stats.Histogram
    distance: stats.Drift


@dataclass(frozen=True, slots=True)
class Figures:
    """All numbers of a page."""

    books: Books
    sources: tuple[Group, ...]
    source_count: int
    tasks: tuple[Group, ...]
    task_count: int
    units: tuple[Group, ...]
    unit_count: int
    distributions: tuple[Distribution, ...]
    joints: dict[str, stats.Joint]
    sweeps: tuple[Swept, ...]
    drift: tuple[Drifted, ...]
    drift_missing: tuple[str, ...]


def figures(ledger: Ledger, other: Ledger | None) -> Figures:
    """All numbers of one audit; ``other`` is the build that drift is measured against."""
    groups = {column: _groups(ledger, column) for column in ("source", "task", "unit")}
    drifted, missing = _drift(ledger, other) if other else ((), ())
    return Figures(
        books=books(ledger),
        sources=_largest(groups["source"]),
        source_count=len(groups["source"]),
        tasks=_largest(groups["task"]),
        task_count=len(groups["task"]),
        units=_worst(ledger, groups["unit"]),
        unit_count=len(groups["unit"]),
        distributions=tuple(_distribution(ledger, info) for info in ledger.scores),
        joints={info.name: _joint(ledger, info) for info in ledger.scores if _wants_joint(ledger, info)},
        sweeps=sweeps(ledger),
        drift=drifted,
        drift_missing=missing,
    )


def books(ledger: Ledger) -> Books:
    """Counted anew from the index and the cut's rows; what build.json and cut.json say is only compared."""
    planned = sum(source.attempts for source in ledger.state.sources.values())
    reasons = dict(Counter(ledger.rejects["reason"].to_pylist()).most_common())
    built, rejected = len(ledger.frame), ledger.rejects.num_rows
    kept = int((ledger.rule == KEPT).sum())
    train, validation = (int((ledger.side == side).sum()) for side in (0, 1))
    rules = _rule_notes(ledger)
    checks = [Check(f"{planned:,} planned = {built:,} built + {rejected:,} rejected", planned == built + rejected)]
    told = sum(count.built for count in ledger.state.counts.values())
    checks.append(Check(f"{built:,} rows in the index = {told:,} built by build.json", built == told))
    if ledger.cut is not None:
        dropped = sum(rule.dropped for rule in rules)
        checks.append(Check(f"{built:,} built = {kept:,} kept + {dropped:,} dropped", built == kept + dropped))
        checks.append(Check(f"{kept:,} kept = {train:,} train + {validation:,} validation", kept == train + validation))
        same = all(note.dropped == step.dropped for note, step in zip(rules, ledger.cut.funnel, strict=True))
        checks.append(Check("what each rule dropped, counted by row, is what cut.json says", same))
    chosen = tuple(reason for reason in reasons if reason in SELECTION)
    return Books(planned, rejected, built, built - kept, kept, train, validation, reasons, chosen, rules, tuple(checks))


def _rule_notes(ledger: Ledger) -> tuple[RuleNote, ...]:
    if ledger.cut is None:
        return ()
    counts = np.bincount(ledger.rule[ledger.rule >= 0], minlength=len(ledger.rules))
    notes, left = [], len(ledger.frame)
    for rule, step, count in zip(ledger.rules, ledger.cut.funnel, counts.tolist(), strict=True):
        asked, left = left, left - count
        notes.append(RuleNote(rule.name, rule.kind, words(rule), count, step.undefined, left, asked, step.bounds))
    return tuple(notes)


def words(rule: Rule) -> str:
    """What a rule asks for, as one phrase."""
    if isinstance(rule, Threshold | Gap):
        what = f"{rule.score} of the {rule.of}" if isinstance(rule, Threshold) else f"{rule.score}, source minus target"
        limits = [f"at least {rule.min:g}"] if rule.min is not None else []
        limits += [f"at most {rule.max:g}"] if rule.max is not None else []
        limits += [f"not among the lowest {rule.drop_lowest:.3g}"] if rule.drop_lowest is not None else []
        limits += [f"not among the highest {rule.drop_highest:.3g}"] if rule.drop_highest is not None else []
        return f"{what}: {' and '.join(limits)}" + (
            f", within each {rule.per.replace('+', ' and ')}" if rule.per else ""
        )
    if isinstance(rule, Duplicates):
        near = f"within {rule.distance} bits" if rule.distance else "equal"
        return f"no {rule.of} with {near} pictures; the best by {rule.keep} stays"
    if isinstance(rule, Decontaminate):
        return f"no picture within {rule.distance} bits of one in {', '.join(rule.pictures)}"
    if isinstance(rule, Licences):
        return f"licence starts with {' or '.join(rule.allow)}"
    assert isinstance(rule, Cap)
    return f"at most {rule.most:,} of each {rule.per.replace('+', ' and ')}; the best by {rule.keep} stay"


def _groups(ledger: Ledger, column: str) -> list[Group]:
    """What became of each value of a column, units named with their source."""
    table, rejects = ledger.frame.table, ledger.rejects
    codes, names = coded_text(table[column])
    dead, dead_names = coded_text(rejects[column])
    number = {name: at for at, name in enumerate(names)}
    for name in dead_names:
        number.setdefault(name, len(number))
    remapped = np.array([number[name] for name in dead_names] or [0], np.int64)[dead]
    count = len(number)
    lost = ledger.rule >= 0
    built = np.bincount(codes, minlength=count)
    dropped = np.bincount(codes[lost], minlength=count)
    rejected = np.bincount(remapped, minlength=count)
    loss = _main_losses(ledger, codes, remapped, count)
    return [
        Group(
            name,
            int(built[at] + rejected[at]),
            int(rejected[at]),
            int(dropped[at]),
            int(built[at] - dropped[at]),
            loss[at],
        )
        for name, at in number.items()
    ]


def _main_losses(ledger: Ledger, codes: npt.NDArray[np.int64], dead: npt.NDArray[np.int64], count: int) -> list[str]:
    """The reason or rule that took most of each group; empty where nothing was lost."""
    reasons, reason_names = coded_text(ledger.rejects["reason"])
    labels = [*(rule.name for rule in ledger.rules), *reason_names]
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


def _worst(ledger: Ledger, groups: list[Group]) -> tuple[Group, ...]:
    """The units that lost the largest share, named as their files are: source, dash, unit."""
    ordered = sorted(groups, key=lambda each: (-each.lost, -each.planned, each.name))[:MOST_GROUPS]
    source = {ref.unit: ref.source for ref in ledger.state.refs()} if ordered else {}
    return tuple(
        replace(each, name=f"{source[each.name]}-{each.name}" if each.name in source else each.name) for each in ordered
    )


def _largest(groups: list[Group]) -> tuple[Group, ...]:
    """The largest groups one by one, all others as one."""
    ordered = sorted(groups, key=lambda each: (-each.planned, each.name))
    if len(ordered) <= MOST_GROUPS:
        return tuple(ordered)
    head, rest = ordered[: MOST_GROUPS - 1], ordered[MOST_GROUPS - 1 :]
    sums = [sum(getattr(each, name) for each in rest) for name in ("planned", "rejected", "dropped", "kept")]
    return (*head, Group(f"{len(rest):,} others", *sums))


def _distribution(ledger: Ledger, info: ScoreInfo) -> Distribution:
    values = {role: ledger.frame.score(info.name, role) for role in info.roles}
    marks = {role: _marks(ledger, info.name, role) for role in (*info.roles, "gap")}
    drawn = [
        bound for role in info.roles for mark in marks[role] for bound in (mark.least, mark.most) if bound is not None
    ]
    edges = stats.plot_edges(list(values.values()), drawn)
    histograms = {role: stats.histogram(each, edges) for role, each in values.items()}
    if "source" in values:
        values["gap"] = gap(ledger.frame, info.name)
        drawn = [bound for mark in marks["gap"] for bound in (mark.least, mark.most) if bound is not None]
        histograms["gap"] = stats.histogram(values["gap"], stats.plot_edges([values["gap"]], [0.0, *drawn]))
    summaries = {role: stats.summary(each) for role, each in values.items()}
    return Distribution(info.name, info.better, info.composite, histograms, summaries, marks)


def _marks(ledger: Ledger, score: str, role: str) -> tuple[Mark, ...]:
    """Bounds in force on one score of one role; of rules with many groups the first few."""
    found: list[Mark] = []
    for rule, step in zip(ledger.rules, ledger.cut.funnel if ledger.cut else (), strict=True):
        looks = rule.of if isinstance(rule, Threshold) else "gap" if isinstance(rule, Gap) else ""
        if isinstance(rule, Threshold | Gap) and rule.score == score and looks == role:
            found += [Mark(rule.name, group, *bounds) for group, bounds in list(step.bounds.items())[:MOST_GROUPS]]
    return tuple(found)


def _wants_joint(ledger: Ledger, info: ScoreInfo) -> bool:
    """Composites, and scores of pictures that a rule bounds."""
    bounded = any(isinstance(rule, Threshold | Gap) and rule.score == info.name for rule in ledger.rules)
    return "source" in info.roles and (info.composite or bounded)


def _joint(ledger: Ledger, info: ScoreInfo) -> stats.Joint:
    source, target = (ledger.frame.score(info.name, role) for role in ("source", "target"))
    marks = [
        bound
        for role in ("source", "target")
        for mark in _marks(ledger, info.name, role)
        for bound in (mark.least, mark.most)
        if bound is not None
    ]
    edges = stats.plot_edges([source, target], marks, _JOINT_BINS)
    return stats.joint(source, target, edges, edges)


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


def _drift(here: Ledger, there: Ledger) -> tuple[tuple[Drifted, ...], tuple[str, ...]]:
    """Every score that both builds have, and the names of those that only one has."""
    theirs = {each.name for each in there.scores}
    found: list[Drifted] = []
    for info in (each for each in here.scores if each.name in theirs):
        for role in (*info.roles, *(("gap",) if "source" in info.roles else ())):
            ours, others = (
                gap(each.frame, info.name) if role == "gap" else each.frame.score(info.name, role)
                for each in (here, there)
            )
            distance = stats.drift(others, ours)
            if distance is not None:
                edges = stats.plot_edges([ours, others])
                found.append(
                    Drifted(info.name, role, stats.histogram(ours, edges), stats.histogram(others, edges), distance)
                )
    found.sort(key=lambda each: -each.distance.psi)
    return tuple(found), tuple(sorted(theirs ^ {each.name for each in here.scores}))
