"""Rows and rejects: Parquet tables with a fixed schema, and the commit mark that a unit's row file is."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.triplets.layout.shards import Span
from ieiw.triplets.records import Built, Reject

_SPANS = [
    pa.field(f"{role}_{part}", kind, nullable=False)
    for role in ("source", "target", "json")
    for part, kind in (("offset", pa.int64()), ("size", pa.int64()), ("sha256", pa.string()))
]
_WHO = [
    pa.field("key", pa.string(), nullable=False),
    pa.field("source", pa.string(), nullable=False),
    pa.field("task", pa.string(), nullable=False),
    pa.field("variant", pa.int32(), nullable=False),
    pa.field("record", pa.string(), nullable=False),
    pa.field("group", pa.string(), nullable=False),
    pa.field("picture", pa.string(), nullable=False),
    pa.field("split", pa.string(), nullable=False),
    pa.field("unit", pa.string(), nullable=False),
]
ROWS = pa.schema(
    [
        *_WHO,
        pa.field("pair", pa.string(), nullable=False),
        pa.field("instruction", pa.string(), nullable=False),
        pa.field("picture_sha256", pa.string(), nullable=False),
        pa.field("width", pa.int32(), nullable=False),
        pa.field("height", pa.int32(), nullable=False),
        pa.field("region_share", pa.float32(), nullable=False),
        pa.field("licence", pa.string(), nullable=False),
        pa.field("backend", pa.string(), nullable=False),
        pa.field("shard", pa.string(), nullable=False),
        *_SPANS,
    ]
)
"""One row a triplet. ``shard`` is a name below the build; offsets count bytes from the start of that file."""
REJECTS = pa.schema(
    [
        *_WHO,
        pa.field("reason", pa.string(), nullable=False),
        pa.field("stage", pa.string(), nullable=False),
        pa.field("detail", pa.string(), nullable=False),
    ]
)
"""One row an attempt that made no triplet."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a unit's row file says of the unit: the commit mark, kept in the file's metadata.

    ``shard`` and ``rejects`` are names below the build, empty where the unit made none; both carry their digest.
    """

    unit: str
    source: str
    attempts: int
    built: int
    rejected: int
    shard: str
    shard_size: int
    shard_sha256: str
    rejects: str
    rejects_sha256: str


def row(built: Built, unit: str, spans: Mapping[str, Span]) -> dict[str, Any]:
    """One row of :data:`ROWS`, but for ``shard``, whose name is known once the shard is whole."""
    triplet = built.triplet
    values = _who(built, unit) | {
        "pair": triplet.pair,
        "instruction": triplet.instruction,
        "picture_sha256": built.picture_sha256,
        "width": triplet.target.width,
        "height": triplet.target.height,
        "region_share": triplet.region_share,
        "licence": built.attempt.record.licence,
        "backend": triplet.backend,
    }
    for role, span in spans.items():
        values |= {f"{role}_offset": span.offset, f"{role}_size": span.size, f"{role}_sha256": span.sha256}
    return values


def reject_row(reject: Reject, unit: str) -> dict[str, Any]:
    """One row of :data:`REJECTS`."""
    return _who(reject, unit) | {
        "reason": reject.reason.value,
        "stage": reject.stage.value,
        "detail": clean_text(reject.detail)[:500],
    }


def _who(verdict: Built | Reject, unit: str) -> dict[str, Any]:
    attempt, record = verdict.attempt, verdict.attempt.record
    return {
        "key": attempt.key,
        "source": attempt.source,
        "task": attempt.task,
        "variant": attempt.variant,
        "record": clean_text(record.id),
        "group": clean_text(record.group),
        "picture": clean_text(record.files.get("picture", "")),
        "split": record.split,
        "unit": unit,
    }


def clean_text(text: str) -> str:
    """Text that UTF-8 can hold: lone surrogates, which broken JSON can carry, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def to_parquet(
    rows: Sequence[Mapping[str, Any]], schema: pa.Schema, metadata: Mapping[str, str] | None = None
) -> bytes:
    """The table as Parquet bytes, which depend on rows, schema and metadata alone."""
    table = pa.Table.from_pylist(list(rows), schema=schema.with_metadata(dict(metadata) if metadata else None))
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def mark_metadata(mark: Mark) -> dict[str, str]:
    """The mark as Parquet key-value metadata."""
    return {f"ieiw.{name}": str(value) for name, value in asdict(mark).items()}


def read_mark(file: IO[bytes] | bytes) -> Mark:
    """The commit mark of a row file; reads the footer only.

    Raises:
        ValueError: the file is no row file of this project.
    """
    source = pa.BufferReader(file) if isinstance(file, bytes) else file
    try:
        metadata = pq.read_schema(source).metadata or {}
        values = {name: metadata[f"ieiw.{name}".encode()].decode("utf-8") for name in Mark.__dataclass_fields__}
    except (pa.ArrowInvalid, KeyError) as error:
        raise ValueError(f"not a row file: {error}") from error
    kinds = {name: field.type for name, field in Mark.__dataclass_fields__.items()}
    return Mark(**{name: int(value) if kinds[name] == "int" else value for name, value in values.items()})  # type: ignore[arg-type]
