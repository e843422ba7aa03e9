"""The end of a build: count from the commit marks, compact the index, sweep what no mark names, declare complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from ieiw.triplets.layout.build_state import BuildState, SourceCounts, save_state
from ieiw.triplets.layout.index import IndexWriter
from ieiw.triplets.layout.marks import fetch
from ieiw.triplets.layout.plan import UnitRef, read_unit
from ieiw.triplets.layout.rows import REJECTS, ROWS, Mark, read_mark
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import Store


def finalise(store: Store, state: BuildState) -> BuildState:
    """Make a build whose units are all committed complete. Safe to repeat and to be killed anywhere.

    Raises:
        FileNotFoundError: a unit has no commit mark, or a reject file is missing.
    """
    complete, named = compact(store, state)
    sweep(store, named)
    reach("before-complete")
    save_state(store, complete)
    return complete


def compact(store: Store, state: BuildState) -> tuple[BuildState, set[str]]:
    """Count the units and write their index: the state to be saved, and all files that count from then on.

    Holds one unit's rows at a time, and the keys of retried attempts.
    """
    named: set[str] = set()
    rows, rejects = IndexWriter(store, "rows"), IndexWriter(store, "rejects")
    counts: dict[str, SourceCounts] = {}
    for name, source in sorted(state.sources.items()):
        refs = list(source.refs(name))
        retried = _retried(store, refs)
        totals, reasons = Counter[str](), Counter[str]()
        for ref, mark, table, dead in _units(store, refs):
            for keys in (keys for turn, keys in retried.items() if turn > ref.round):
                dead = dead.filter(pc.invert(pc.is_in(dead["key"], value_set=keys)))
            rows.add(table)
            rejects.add(dead)
            totals.update(built=mark.built, shards=bool(mark.shard), shard_bytes=mark.shard_size)
            reasons.update(dead["reason"].to_pylist())
            named.update(file for file in (ref.part, ref.rows, mark.shard, mark.rejects) if file)
        counts[name] = SourceCounts(
            attempts=source.attempts,
            built=totals["built"],
            rejected=reasons.total(),
            reasons=dict(sorted(reasons.items())),
            shards=totals["shards"],
            shard_bytes=totals["shard_bytes"],
        )
    rows.close()
    rejects.close()
    reach("index-published")
    parts = (*rows.parts, *rejects.parts)
    named.update(part.name for part in parts)
    return state.model_copy(update={"state": "complete", "counts": counts, "index": parts}), named


def _units(store: Store, refs: list[UnitRef]) -> Iterator[tuple[UnitRef, Mark, pa.Table, pa.Table]]:
    """Each unit's mark, rows and rejects, in order."""
    for ref, (_, data) in zip(refs, fetch(store, (ref.rows for ref in refs)), strict=True):
        mark = read_mark(data)
        table = read_table(pa.BufferReader(data), ROWS.names)
        dead = REJECTS.empty_table()
        if mark.rejects:
            dead = read_table(pa.BufferReader(store.read(mark.rejects)), REJECTS.names)
        yield ref, mark, table, dead


def _retried(store: Store, refs: Iterable[UnitRef]) -> dict[int, pa.Array]:
    """Retry round -> keys that it took up: older verdicts on them no longer stand."""
    keys: dict[int, set[str]] = {}
    for ref in refs:
        if ref.round:
            keys.setdefault(ref.round, set()).update(str(row["key"]) for row in read_unit(store, ref))
    return {turn: pa.array(sorted(each), pa.string()) for turn, each in keys.items()}


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
