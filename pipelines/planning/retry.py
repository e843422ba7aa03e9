"""``--retry-rejects``: rejects of one reason, or of any, tried again as new units that supersede the old verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

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
        UsageError: unknown reason, or the build is not complete.
    """
    if reason != ANY and reason not in set(Reason):
        raise UsageError(f"--retry-rejects={reason}: no such reason. Known: {', '.join(sorted(Reason))}")
    if state.state != "complete":
        raise UsageError(f"{store.location}: finish the build first (run it without --retry-rejects)")
    sources = dict(state.sources)
    for name, source in state.sources.items():
        keys = _rejected(store, state, name, reason)
        if not keys:
            continue
        turn = len(source.retries) + 1
        first = UnitRef(name, source.fingerprint, turn, 0)
        rows = _rows(store, state, name, keys, _built_groups(store, state, name))
        size = write_plan(store, _units(rows, first, attempts_per_unit(state.recipe, name)), first)
        retry = Retry(reason=reason, units=size.units, attempts=size.attempts)
        sources[name] = source.model_copy(update={"retries": (*source.retries, retry)})
    if sources == state.sources:
        return state
    planned = state.model_copy(update={"state": "planned", "sources": sources, "counts": {}, "index": ()})
    save_state(store, planned)
    return planned


def _index(store: Store, state: BuildState, kind: Kind, columns: list[str], source: str) -> Iterator[pa.Table]:
    for table in Index(store, state).tables([*columns, "source"], kind):
        yield table.filter(pc.equal(table["source"], source))


def _rejected(store: Store, state: BuildState, source: str, reason: str) -> set[str]:
    keys: set[str] = set()
    for table in _index(store, state, "rejects", ["key", "reason"], source):
        chosen = table if reason == ANY else table.filter(pc.equal(table["reason"], reason))
        keys.update(chosen["key"].to_pylist())
    return keys


def _built_groups(store: Store, state: BuildState, source: str) -> Counter[str]:
    """Group -> records built, for the cap of pairs a picture."""
    seen: set[tuple[str, str]] = set()
    for table in _index(store, state, "rows", ["group", "record"], source):
        seen.update(zip(table["group"].to_pylist(), table["record"].to_pylist(), strict=True))
    return Counter(group for group, _ in seen)


def _rows(store: Store, state: BuildState, source: str, keys: set[str], used: Counter[str]) -> Iterator[PlanRow]:
    """Plan rows of the keys in planning order, from the first round, which holds every attempt."""
    settled = state.sources[source]
    for number in range(settled.units):
        for row in read_unit(store, UnitRef(source, settled.fingerprint, 0, number)):
            if row["key"] in keys:
                yield row | {"used": used[str(row["group"])]}


def _units(rows: Iterator[PlanRow], first: UnitRef, size: int) -> Iterator[list[PlanRow]]:
    """Cut rows into units between groups."""
    number, unit = 0, list[PlanRow]()
    for row in rows:
        if len(unit) >= size and unit[-1]["group"] != row["group"]:
            yield unit
            number, unit = number + 1, []
        unit.append(row | {"unit": UnitRef(first.source, first.fingerprint, first.round, number).unit})
    if unit:
        yield unit
