"""Plans and units without what was taken down: attempts become blank faults, triplets become rejects, shards get other names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.pipelines.build.commit_unit import Spooled, commit
from ieiw.triplets.layout.plan import PlanRow, UnitRef, read_unit, write_part
from ieiw.triplets.layout.rows import REJECTS, read_mark
from ieiw.triplets.layout.shards import BLOCK, padded, shard_size
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.layout.takedown import Tombstones
from ieiw.triplets.rejects import Place, Reason
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import Store

_ROLES = ("source", "target", "json")


def blank_plans(store: Store, refs: Iterable[UnitRef], gone: Tombstones) -> None:
    """Blank the attempts in the parts of the plan that hold these units. The same again gives the same bytes."""
    for part in dict.fromkeys(ref.part for ref in refs):
        with store.open(part) as file:
            opened = pq.ParquetFile(file, pre_buffer=False)
            units = (opened.read_row_group(n, use_threads=False).to_pylist() for n in range(opened.num_row_groups))
            spooled = write_part(store, (gone.over(cast(list[PlanRow], unit)) for unit in units))
        store.publish(part, spooled)
        reach("takedown-plan")


def rewrite_unit(store: Store, ref: UnitRef, gone: Tombstones) -> None:
    """Commit a unit once more without the triplets that are gone; nothing happens where that was done."""
    data = store.read(ref.rows)
    mark = read_mark(data)
    rows = pq.read_table(pa.BufferReader(data), use_threads=False).to_pylist()
    dead: list[dict[str, Any]] = []
    if mark.rejects:
        with store.open(mark.rejects) as file:
            dead = read_table(file).to_pylist()
    if not any(row["key"] in gone.keys and row.get("reason") != Reason.TAKEN_DOWN for row in (*rows, *dead)):
        return
    verdicts = {row["key"]: _reject(row) if row["key"] in gone.keys else row for row in (*rows, *dead)}
    settled = [verdicts[str(row["key"])] for row in read_unit(store, ref)]  # both files are in the order of the plan
    spooled = store.spooled()
    try:
        kept = [row for row in settled if "reason" not in row]
        shard, kept = _copy(store, kept, spooled)
        commit(store, ref, kept, [row for row in settled if "reason" in row], shard, replace=True)
    finally:
        spooled.unlink(missing_ok=True)
    reach("takedown-unit")


def _reject(row: Mapping[str, Any]) -> dict[str, Any]:
    """The reject that takes the place of a row or of another reject."""
    told = {"picture": "", "reason": Reason.TAKEN_DOWN.value, "stage": Place.PLAN.value, "detail": ""}
    return {name: told.get(name, row.get(name)) for name in REJECTS.names}


def _copy(store: Store, rows: Sequence[Mapping[str, Any]], spooled: Path) -> tuple[Spooled, list[dict[str, Any]]]:
    """Copy whole samples out of a shard; returns the new one, and the rows with the places that they have in it."""
    digest, end = hashlib.sha256(), 0
    moved = []
    with spooled.open("wb") as stream:
        for row, block in zip(rows, _blocks(store, rows), strict=True):
            shift = end - (row["source_offset"] - BLOCK)
            moved.append({**row, **{f"{role}_offset": row[f"{role}_offset"] + shift for role in _ROLES}})
            stream.write(block)
            digest.update(block)
            end += len(block)
        rest = bytes(shard_size(end) - end)
        stream.write(rest)
        digest.update(rest)
    return Spooled(spooled, digest.hexdigest(), shard_size(end)), moved


def _blocks(store: Store, rows: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    """The bytes of each sample: three members with their headers and padding."""
    for row in rows:
        first = row["source_offset"] - BLOCK
        yield store.read_range(row["shard"], first, padded(row["json_offset"] + row["json_size"]) - first)
