"""The end of a build: count from the commit marks, compact the index, sweep what no mark names, declare complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ieiw.triplets.layout.build_state import BuildState, SourceCounts, save_state
from ieiw.triplets.layout.index import IndexWriter
from ieiw.triplets.layout.marks import fetch
from ieiw.triplets.layout.plan import UNITS_PER_PART, UnitRef, part_name, read_unit
from ieiw.triplets.layout.rows import REJECTS, ROWS, Mark, read_mark
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import Store


@dataclass(slots=True)
class _Count:
    """Running totals of one source."""

    built: int = 0
    shards: int = 0
    shard_bytes: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def finalise(store: Store, state: BuildState) -> BuildState:
    """Make a build whose units are all committed complete. Safe to repeat and to be killed anywhere.

    Holds one unit's rows at a time, and the keys of retried attempts.

    Raises:
        FileNotFoundError: a unit has no commit mark, or a reject file is missing.
    """
    named: set[str] = set()
    rows, rejects = IndexWriter(store, "rows"), IndexWriter(store, "rejects")
    counts: dict[str, SourceCounts] = {}
    for name, source in sorted(state.sources.items()):
        count = _Count()
        refs = list(source.refs(name))
        retried = {ref.round: _keys(store, state, name, ref.round) for ref in refs if ref.round}
        for ref, mark, table, dead in _units(store, refs):
            dead = _standing(dead, [keys for turn, keys in retried.items() if turn > ref.round])
            rows.add(table)
            rejects.add(dead)
            _tally(count, mark, dead)
            named.update(file for file in (ref.rows, mark.shard, mark.rejects) if file)
        counts[name] = _source_counts(source.attempts, count)
    rows.close()
    rejects.close()
    reach("index-published")
    parts = (*rows.parts, *rejects.parts)
    named.update(part.name for part in parts)
    named.update(_plan_names(state))
    sweep(store, named)
    reach("before-complete")
    complete = state.model_copy(update={"state": "complete", "counts": counts, "index": parts})
    save_state(store, complete)
    return complete


def _units(store: Store, refs: list[UnitRef]) -> Iterator[tuple[UnitRef, Mark, pa.Table, pa.Table]]:
    """Each unit's mark, rows and rejects, in order."""
    for ref, (_, data) in zip(refs, fetch(store, (ref.rows for ref in refs)), strict=True):
        mark = read_mark(data)
        table = pq.read_table(pa.BufferReader(data), schema=ROWS, use_threads=False)
        dead = REJECTS.empty_table()
        if mark.rejects:
            dead = pq.read_table(pa.BufferReader(store.read(mark.rejects)), schema=REJECTS, use_threads=False)
        yield ref, mark, table, dead


def _keys(store: Store, state: BuildState, name: str, turn: int) -> frozenset[str]:
    """Keys that a retry round took up: older verdicts on them no longer stand."""
    source = state.sources[name]
    units = source.retries[turn - 1].units
    refs = (UnitRef(name, source.fingerprint, turn, number) for number in range(units))
    return frozenset(str(row["key"]) for ref in refs for row in read_unit(store, ref))


def _standing(dead: pa.Table, later: Iterable[frozenset[str]]) -> pa.Table:
    """The rejects that no later round took up."""
    for keys in later:
        dead = dead.filter(pc.invert(pc.is_in(dead["key"], value_set=pa.array(sorted(keys), pa.string()))))
    return dead


def _tally(count: _Count, mark: Mark, dead: pa.Table) -> None:
    count.built += mark.built
    count.shards += bool(mark.shard)
    count.shard_bytes += mark.shard_size
    count.reasons.update(dead["reason"].to_pylist())


def _source_counts(attempts: int, count: _Count) -> SourceCounts:
    return SourceCounts(
        attempts=attempts,
        built=count.built,
        rejected=count.reasons.total(),
        reasons=dict(sorted(count.reasons.items())),
        shards=count.shards,
        shard_bytes=count.shard_bytes,
    )


def _plan_names(state: BuildState) -> Iterator[str]:
    for name, source in state.sources.items():
        for turn, units in enumerate([source.units, *(retry.units for retry in source.retries)]):
            for part in range(-(-units // UNITS_PER_PART)):
                yield part_name(name, source.fingerprint, turn, part)


def sweep(store: Store, named: set[str]) -> list[str]:
    """Remove what killed or superseded work left: files that nothing names, and half-written ones."""
    plans = {f"plan/{source}" for source in store.folders("plan")}  # a source that was dropped has left one
    folders = plans | {"rows", "shards", "rejects", "index"}
    left = [
        f"{folder}/{name}"
        for folder in sorted(folders)
        for name in sorted(store.sizes(folder))
        if f"{folder}/{name}" not in named
    ]
    for name in left:
        store.delete(name)
    store.sweep()
    reach("sweep")
    return left
