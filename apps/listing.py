"""Attempts of a build by what they are and what became of them: what ``ieiw inspect`` lists, and sheets choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ieiw.apps.verdict_lookup import open_table
from ieiw.filters.columns import coded, named, numbers
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import BuildState
from ieiw.triplets.layout.cut_state import CutState, load_cut, read_verdicts
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.marks import committed, mark_of
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.rejects import Reason
from ieiw.triplets.storage.store import Store

BUILT, REJECTED, KEPT, DROPPED = "built", "rejected", "kept", "dropped"
VERDICTS = (BUILT, REJECTED, KEPT, DROPPED)
_WHO = ["key", "source", "task", "record", "group"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which attempts: those that fit every filter; an empty one fits all.

    Attributes:
        sources, tasks, records: names.
        reasons: of rejects, or names of rules that dropped.
        verdict: of :data:`VERDICTS`; without a cut, a triplet is just built.
        cut: whose verdicts count.
    """

    sources: Sequence[str] = ()
    tasks: Sequence[str] = ()
    records: Sequence[str] = ()
    reasons: Sequence[str] = ()
    verdict: str = ""
    cut: str = ""


def listed(store: Store, state: BuildState, wanted: Wanted, count: int) -> tuple[int, list[dict[str, Any]]]:
    """How many attempts fit, and the first of them, in the order of the units, triplets before rejects.

    Each has ``key``, ``source``, ``task``, ``record``, ``group``, ``verdict``, ``reason`` (of a reject or a drop, else empty) and
    ``text``: the instruction, or the detail of a reject.

    Raises:
        UsageError: a filter that nothing can fit, another build's cut, or a damaged table.
    """
    total, rows = 0, list[dict[str, Any]]()
    for _, table in matching(store, state, wanted):
        total += table.num_rows
        rows += table.slice(0, count - len(rows)).to_pylist()
    return total, rows


def matching(store: Store, state: BuildState, wanted: Wanted) -> Iterator[tuple[str, pa.Table]]:
    """The attempts that fit, file by file of those they stand in, triplets first; columns as :func:`listed` says.

    Raises:
        UsageError: as :func:`listed`.
    """
    cut = _cut_of(store, state, wanted.cut)
    _check(state, cut, wanted)
    built, rejects = _files(store, state)
    rules = _Rules(store, cut, sum(part.rows for part in Index(store, state).parts()))
    for name in built if wanted.verdict != REJECTED else ():
        table = _read(store, name, "instruction")
        verdict, reason = rules.next(table.num_rows)
        yield name, _fitting(table.append_column("verdict", verdict).append_column("reason", reason), wanted)
    for name, superseded in rejects.items() if wanted.verdict in ("", REJECTED) else ():
        table = _read(store, name, "detail", "reason")
        if superseded:
            table = table.filter(pc.invert(pc.is_in(table["key"], value_set=pa.array(sorted(superseded), pa.string()))))
        verdict = pa.repeat(REJECTED, table.num_rows)
        yield name, _fitting(table.append_column("verdict", verdict), wanted)


class _Rules:
    """What a cut says of the build's rows, in order; without one, that they are built."""

    def __init__(self, store: Store, cut: CutState | None, rows: int) -> None:
        self._names = [step.rule for step in cut.funnel] if cut else []
        self._known = cut is not None
        self._rule: npt.NDArray[np.int16] = np.full(rows if cut else 0, len(self._names), np.int16)  # kept
        self._at = 0
        for table in read_verdicts(store, cut, "dropped", ["row", "rule"]) if cut else ():
            codes, names = coded(table["rule"])
            numbered = np.array([self._names.index(name) for name in names.to_pylist()], np.int16)
            self._rule[numbers(table["row"])] = numbered[codes]

    def next(self, count: int) -> tuple[pa.Array, pa.Array]:
        """Verdicts and rules of the next rows."""
        if not self._known:
            return pa.repeat(BUILT, count), pa.repeat("", count)
        rule = self._rule[self._at : self._at + count]
        self._at += count
        return named(rule == len(self._names), [DROPPED, KEPT]), named(rule, [*self._names, ""])


def _files(store: Store, state: BuildState) -> tuple[list[str], dict[str, set[str]]]:
    """Files of rows, and of rejects -> keys that a later round has another verdict on."""
    if state.state == "complete":
        index = Index(store, state)
        return [part.name for part in index.parts()], {part.name: set() for part in index.parts("rejects")}
    done = committed(store)
    refs = [ref for ref in state.refs() if ref.rows in done]
    later: set[str] = set()
    rejects: dict[str, set[str]] = {}
    for ref in sorted(refs, key=lambda ref: -ref.round):
        dead = mark_of(store, ref.rows).rejects
        if dead:
            rejects[dead] = set(later)
        for name in (ref.rows, dead) if ref.round else ():
            later |= set(_read(store, name)["key"].to_pylist()) if name else set()
    return [ref.rows for ref in refs], rejects


def _read(store: Store, name: str, text: str = "", *more: str) -> pa.Table:
    """Who the attempts of a file are; the column ``text`` under that name."""
    with open_table(store, name) as file:
        table = read_table(file, [*_WHO, *([text] if text else []), *more]).replace_schema_metadata(None)
    return table.rename_columns(["text" if column == text else column for column in table.column_names])


def _fitting(table: pa.Table, wanted: Wanted) -> pa.Table:
    verdicts = {BUILT: (BUILT, KEPT, DROPPED), "": ()}.get(wanted.verdict, (wanted.verdict,))
    asked = {
        "source": wanted.sources,
        "task": wanted.tasks,
        "record": wanted.records,
        "reason": wanted.reasons,
        "verdict": verdicts,
    }
    for column, values in asked.items():
        if values:
            table = table.filter(pc.is_in(table[column], value_set=pa.array(values, pa.string())))
    return table


def _cut_of(store: Store, state: BuildState, name: str) -> CutState | None:
    """The cut of that name, of the rows that the build has now."""
    if not name:
        return None
    cut = load_cut(store, name)
    if cut.index_sha256 != Index(store, state).digests():
        problem = f"{store.location}: the build changed since the cut {name!r} was made; make it again"
        raise UsageError(problem, Step("cut", store.location, {"name": name}))
    return cut


def _check(state: BuildState, cut: CutState | None, wanted: Wanted) -> None:
    """Refuse names that the build does not know: they would fit nothing."""
    if wanted.verdict in (KEPT, DROPPED) and cut is None:
        raise UsageError(f"verdict {wanted.verdict!r}: by which cut? Name it with --cut")
    rules = [step.rule for step in cut.funnel] if cut else []
    tasks = sorted({task for source in state.recipe.sources for task in source.tasks})
    for what, asked, known in (
        ("source", wanted.sources, list(state.sources)),
        ("task", wanted.tasks, tasks),
        ("reason", wanted.reasons, [*rules, *sorted(Reason)]),
        ("verdict", [wanted.verdict] if wanted.verdict else [], VERDICTS),
    ):
        for name in asked:
            if name not in known:
                raise UsageError(f"{what} {name!r}: not in this build. Known: {', '.join(known)}")
