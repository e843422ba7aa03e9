"""A region as a row of its gallery: whose it is and where it lies, never its pixels unless they are asked for."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.triplets.images.masks import Rle
from ieiw.triplets.layout.embeddings import Vectors, vector_table
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.replacement import Reference
from ieiw.triplets.storage.store import Store

_KNOWN = pa.schema(
    [
        ("source", pa.string()),
        ("picture", pa.string()),
        ("picture_sha256", pa.string()),
        ("label", pa.string()),
        ("x", pa.int32()),
        ("y", pa.int32()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("outline", pa.string()),
        ("share", pa.float32()),
        ("sharpness", pa.float32()),
        ("crop", pa.binary()),
    ]
)
"""Beside ``id`` and ``vector``. The box is in pixels of the upright picture; ``outline`` are COCO's run lengths within the box."""

OF_REFERENCE = ("id", "source", "picture", "picture_sha256", "label", "x", "y", "width", "height", "outline")
"""What :func:`reference_of` needs of a row."""
_REFUSED = b"ieiw.refused"
"""Metadata key of a unit's file: reason -> how many regions or pictures, as JSON."""


def vectors_file(ref: UnitRef) -> str:
    """A unit's regions, below the gallery's folder of work."""
    return f"vectors/{ref.source}-{ref.unit}.parquet"


def refused(store: Store, ref: UnitRef) -> Counter[str]:
    """Why regions of a unit are not in its file."""
    with store.open(vectors_file(ref)) as file:
        return Counter(json.loads((pq.read_metadata(file).metadata or {}).get(_REFUSED, b"{}")))


def region_table(rows: Sequence[Mapping[str, Any]], vectors: Vectors) -> pa.Table:
    """Rows with ``id`` and what :data:`_KNOWN` names, and their vectors (rows, dimension)."""
    table = vector_table([row["id"] for row in rows], vectors)
    for field in _KNOWN:
        table = table.append_column(field, pa.array([row[field.name] for row in rows], field.type))
    return table


def to_bytes(rows: Sequence[Mapping[str, Any]], dimension: int, refused: Counter[str], vectors: Any = None) -> bytes:
    """A unit's file."""
    found = np.empty((0, dimension), np.float16) if vectors is None else vectors
    table = region_table(rows, found).replace_schema_metadata({_REFUSED: json.dumps(dict(sorted(refused.items())))})
    sink = io.BytesIO()
    compression = {name: "none" if name in {"vector", "crop"} else "zstd" for name in table.schema.names}
    pq.write_table(table, sink, compression=compression, use_dictionary=False)
    return sink.getvalue()


def reference_of(row: Mapping[str, Any], similarity: float, rank: int) -> Reference:
    """A row of the gallery as a neighbour that was found."""
    box = (row["x"], row["y"], row["width"], row["height"])
    return Reference(
        id=row["id"],
        source=row["source"],
        picture=row["picture"],
        picture_sha256=row["picture_sha256"],
        label=row["label"],
        box=box,
        outline=Rle((row["height"], row["width"]), row["outline"]),
        similarity=similarity,
        rank=rank,
    )
