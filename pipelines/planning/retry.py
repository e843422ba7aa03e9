"""Retries: rejects of one reason, or of any, tried again as new units that supersede the old verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from ieiw.pipelines.planning.prepare import attempts_per_unit
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.build_state import BuildState, Retry, save_state
from ieiw.triplets.layout.index import Index, Kind
from ieiw.triplets.layout.plan import PlanRow, UnitRef, read_unit, write_plan
from ieiw.triplets.rejects import Reason
from ieiw.triplets.storage.store import Store

ANY = "any"


def plan_retries(store: Store, state: BuildState, reason: str) -> BuildState:
    """Plan one more round over the rejects that stand; the build goes back to ``planned``.

    Args:
        store: a complete build.
        state: its state.
        reason: of the closed list, or :data:`ANY`.

    Raises:
        UsageError: unknown reason.
    """
    known = sorted(set(Reason) - {Reason.TAKEN_DOWN})
    if reason != ANY and reason not in known:
        raise UsageError(f"no reject that may be tried again has the reason {reason!r}. Known: {', '.join(known)}")
    sources = dict(state.sources)
    for name, source in state.sources.items():
        keys: set[str] = set()
        for table in _index(store, state, "rejects", ["key", "reason"], name):
            # Another try of a variant gives what it gave: `any` leaves those that equal another alone.
            wanted = [each for each in known if each != Reason.SAME_AS_ANOTHER] if reason == ANY else [reason]
            chosen = table.filter(pc.is_in(table["reason"], pa.array(wanted)))
            keys.update(chosen["key"].to_pylist())
        if not keys:
            continue
        first = UnitRef(name, source.fingerprint, len(source.retries) + 1, 0)
        used = _built_records(store, state, name)
        # In planning order, from the first round, which holds every attempt.
        planned = (read_unit(store, UnitRef(name, source.fingerprint, 0, number)) for number in range(source.units))
        rows = (
            row | {"used": used[str(row["group"]), str(row["task"])]}
            for unit in planned
            for row in unit
            if row["key"] in keys
        )
        size = write_plan(store, _units(rows, first, attempts_per_unit(state.recipe, name)), first)
        retry = Retry(reason=reason, units=size.units, attempts=size.attempts)
        sources[name] = source.model_copy(update={"retries": (*source.retries, retry)})
    if sources == state.sources:
        return state
    result = state.model_copy(update={"state": "planned", "sources": sources, "counts": {}, "index": ()})
    save_state(store, result)
    return result


def _index(store: Store, state: BuildState, kind: Kind, columns: list[str], source: str) -> Iterator[pa.Table]:
    for table in Index(store, state).tables([*columns, "source"], kind):
        yield table.filter(pc.equal(table["source"], source))


def _built_records(store: Store, state: BuildState, source: str) -> Counter[tuple[str, str]]:
    """(group, task) -> records built, for the cap of pairs a picture."""
    seen: set[tuple[str, str, str]] = set()
    for table in _index(store, state, "rows", ["group", "task", "record"], source):
        seen.update(zip(*(table[name].to_pylist() for name in ("group", "task", "record")), strict=True))
    return Counter((group, task) for group, task, _ in seen)


def _units(rows: Iterator[PlanRow], first: UnitRef, size: int) -> Iterator[list[PlanRow]]:
    """Cut rows into units between groups."""
    number, unit = 0, list[PlanRow]()
    for row in rows:
        if len(unit) >= size and unit[-1]["group"] != row["group"]:
            yield unit
            number, unit = number + 1, []
        unit.append(row | {"unit": replace(first, number=number).unit})
    if unit:
        yield unit
