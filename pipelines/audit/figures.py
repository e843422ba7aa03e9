"""The numbers of an audit's page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ieiw.filters import statistics as stats
from ieiw.pipelines.audit.accounting import MOST_GROUPS, Books, Group, books, groups_of, largest, worst_units
from ieiw.pipelines.audit.load import Ledger, ScoreInfo
from ieiw.pipelines.audit.sweeps import Swept, sweeps

_JOINT_BINS = 36


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
    groups = {column: groups_of(ledger, column) for column in ("source", "task", "unit")}
    bounded = {rule.subject[0] for rule in ledger.rules if rule.subject}
    drifted, missing = _drift(ledger, other) if other else ((), ())
    return Figures(
        books=books(ledger),
        sources=largest(groups["source"]),
        source_count=len(groups["source"]),
        tasks=largest(groups["task"]),
        task_count=len(groups["task"]),
        units=worst_units(ledger, groups["unit"]),
        unit_count=len(groups["unit"]),
        distributions=tuple(_distribution(ledger, info) for info in ledger.scores),
        joints={
            info.name: _joint(ledger, info.name)
            for info in ledger.scores
            if "source" in info.roles and (info.composite or info.name in bounded)
        },
        sweeps=sweeps(ledger),
        drift=drifted,
        drift_missing=missing,
    )


def _distribution(ledger: Ledger, info: ScoreInfo) -> Distribution:
    values = {role: ledger.frame.score(info.name, role) for role in info.roles}
    marks = {role: _marks(ledger, info.name, role) for role in (*info.roles, "gap")}
    edges = stats.plot_edges(list(values.values()), _bounds(mark for role in info.roles for mark in marks[role]))
    histograms = {role: stats.histogram(each, edges) for role, each in values.items()}
    if "source" in values:
        values["gap"] = ledger.frame.score(info.name, "gap")
        gap_edges = stats.plot_edges([values["gap"]], [0.0, *_bounds(marks["gap"])])
        histograms["gap"] = stats.histogram(values["gap"], gap_edges)
    summaries = {role: stats.summary(each) for role, each in values.items()}
    return Distribution(info.name, info.better, info.composite, histograms, summaries, marks)


def _marks(ledger: Ledger, score: str, role: str) -> tuple[Mark, ...]:
    """Bounds in force on one score of one role; of rules with many groups the first few."""
    return tuple(
        Mark(rule.name, group, *bounds)
        for rule, step in zip(ledger.rules, ledger.cut.funnel if ledger.cut else (), strict=True)
        if rule.subject == (score, role)
        for group, bounds in list(step.bounds.items())[:MOST_GROUPS]
    )


def _bounds(marks: Iterable[Mark]) -> list[float]:
    return [bound for mark in marks for bound in (mark.least, mark.most) if bound is not None]


def _joint(ledger: Ledger, score: str) -> stats.Joint:
    source, target = (ledger.frame.score(score, role) for role in ("source", "target"))
    bounds = _bounds(mark for role in ("source", "target") for mark in _marks(ledger, score, role))
    edges = stats.plot_edges([source, target], bounds, _JOINT_BINS)
    return stats.joint(source, target, edges, edges)


def _drift(here: Ledger, there: Ledger) -> tuple[tuple[Drifted, ...], tuple[str, ...]]:
    """Every score that both builds have, and the names of those that only one has."""
    theirs = {each.name for each in there.scores}
    found: list[Drifted] = []
    for info in (each for each in here.scores if each.name in theirs):
        for role in (*info.roles, *(("gap",) if "source" in info.roles else ())):
            ours, others = (each.frame.score(info.name, role) for each in (here, there))
            distance = stats.drift(others, ours)
            if distance is not None:
                edges = stats.plot_edges([ours, others])
                found.append(
                    Drifted(info.name, role, stats.histogram(ours, edges), stats.histogram(others, edges), distance)
                )
    found.sort(key=lambda each: -each.distance.psi)
    return tuple(found), tuple(sorted(theirs ^ {each.name for each in here.scores}))
