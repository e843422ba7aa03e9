"""One work unit: attempts in, one shard, one reject file and one row file out. The row file is the commit mark."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.rows import REJECTS, ROWS, Mark, mark_metadata, reject_row, row, to_parquet
from ieiw.triplets.layout.shards import ShardWriter
from ieiw.triplets.records import Built, Reject
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import Store


@dataclass(slots=True)
class _Verdicts:
    """What a unit gathers in memory while its pictures go to disk: rows, rejects, and what the shard came to."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    shard_size: int = 0
    shard_sha256: str = ""


def write_unit(store: Store, ref: UnitRef, verdicts: Iterable[Built | Reject]) -> Mark:
    """Make and publish a unit's files: tar, then rejects, then – created exclusively – rows.

    A zombie that writes the same unit meets the row file and leaves its own tar unnamed; finalising removes it.
    """
    spooled = store.spooled()
    try:
        gathered = _write_shard(spooled, ref, verdicts)
        rejects = to_parquet(gathered.rejects, REJECTS)
        mark = _mark(ref, gathered, hashlib.sha256(rejects).hexdigest())
        if mark.shard:
            store.publish(mark.shard, spooled)
    finally:
        spooled.unlink(missing_ok=True)
    reach("shard-published")
    if mark.rejects:
        store.publish_bytes(mark.rejects, rejects)
    reach("rejects-published")
    rows = [values | {"shard": mark.shard} for values in gathered.rows]
    store.create(ref.rows, to_parquet(rows, ROWS, mark_metadata(mark)))
    reach("rows-published")
    return mark


def _write_shard(path: Path, ref: UnitRef, verdicts: Iterable[Built | Reject]) -> _Verdicts:
    gathered, unit = _Verdicts(), ref.unit
    with ShardWriter(path) as shard:
        for verdict in verdicts:
            if isinstance(verdict, Reject):
                gathered.rejects.append(reject_row(verdict, unit))
                continue
            gathered.rows.append(row(verdict, unit, shard.add(verdict)))
            if len(gathered.rows) == 2:
                reach("shard-half-written")
    gathered.shard_size, gathered.shard_sha256 = shard.size, shard.sha256
    return gathered


def _mark(ref: UnitRef, gathered: _Verdicts, rejects_digest: str) -> Mark:
    """What the unit came to. Files are named by their digest; a unit that built or rejected nothing has no such file."""
    shard, size, digest = "", 0, ""
    if gathered.rows:
        size, digest = gathered.shard_size, gathered.shard_sha256
        shard = f"shards/{ref.source}-{ref.unit}-{digest[:12]}.tar"
    rejects = f"rejects/{ref.source}-{ref.unit}-{rejects_digest[:12]}.parquet" if gathered.rejects else ""
    return Mark(
        unit=ref.unit,
        source=ref.source,
        attempts=len(gathered.rows) + len(gathered.rejects),
        built=len(gathered.rows),
        rejected=len(gathered.rejects),
        shard=shard,
        shard_size=size,
        shard_sha256=digest,
        rejects=rejects,
        rejects_sha256=rejects_digest if rejects else "",
    )
