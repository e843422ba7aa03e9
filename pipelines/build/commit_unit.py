"""One work unit: attempts in, one shard, one reject file and one row file out. The row file is the commit mark."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.rows import REJECTS, ROWS, Mark, mark_metadata, reject_row, row, to_parquet
from ieiw.triplets.layout.shards import ShardWriter
from ieiw.triplets.records import Built, Reject
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import Store


def write_unit(store: Store, ref: UnitRef, verdicts: Iterable[Built | Reject]) -> Mark:
    """Make and publish a unit's files: tar, then rejects, then – created exclusively – rows.

    A zombie that writes the same unit meets the row file and leaves its own tar unnamed; finalising removes it.
    """
    rows: list[dict[str, Any]] = []
    dead: list[dict[str, Any]] = []
    spooled = store.spooled()
    try:
        with ShardWriter(spooled) as shard:
            for verdict in verdicts:
                if isinstance(verdict, Reject):
                    dead.append(reject_row(verdict, ref.unit))
                    continue
                rows.append(row(verdict, ref.unit, shard.add(verdict)))
                if len(rows) == 2:
                    reach("shard-half-written")
        return commit(store, ref, rows, dead, Spooled(spooled, shard.sha256, shard.size))
    finally:
        spooled.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Spooled:
    """A whole shard that is not published yet, with its SHA-256 (hex) and its size in bytes."""

    file: Path
    sha256: str
    size: int


def commit(
    store: Store,
    ref: UnitRef,
    rows: Sequence[Mapping[str, Any]],
    dead: Sequence[Mapping[str, Any]],
    shard: Spooled,
    replace: bool = False,
) -> Mark:
    """Publish a unit of these rows, without the shard's name, and rejects; ``replace`` takes the place of a row file."""
    rejects = to_parquet(dead, REJECTS)
    digest, stem = hashlib.sha256(rejects).hexdigest(), f"{ref.source}-{ref.unit}"
    mark = Mark(  # a unit that built or rejected nothing has no such file
        unit=ref.unit,
        source=ref.source,
        attempts=len(rows) + len(dead),
        built=len(rows),
        rejected=len(dead),
        shard=f"shards/{stem}-{shard.sha256[:12]}.tar" if rows else "",
        shard_size=shard.size if rows else 0,
        shard_sha256=shard.sha256 if rows else "",
        rejects=f"rejects/{stem}-{digest[:12]}.parquet" if dead else "",
        rejects_sha256=digest if dead else "",
    )
    if mark.shard:
        store.publish(mark.shard, shard.file)
    reach("shard-published")
    if mark.rejects:
        store.publish_bytes(mark.rejects, rejects)
    reach("rejects-published")
    table = to_parquet([{**each, "shard": mark.shard} for each in rows], ROWS, mark_metadata(mark))
    if replace:
        store.publish_bytes(ref.rows, table)
    else:
        store.create(ref.rows, table)
    reach("rows-published")
    return mark
