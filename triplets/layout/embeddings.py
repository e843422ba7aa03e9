"""The embeddings of a build: one vector for each distinct picture and each distinct instruction of a unit.

::

    embeddings/NAME/embedding.json     the note: the embedder's settings; written first, and again with the counts when all is done
    embeddings/NAME/elsewhere.parquet  ``unit``, ``id``, ``owner``: pictures of a unit whose vector lies in another's file
    embeddings/NAME/pictures/SOURCE-UNIT.parquet  ``id`` (SHA-256 of a picture in hex), ``vector``. THE COMMIT MARK OF THE UNIT
    embeddings/NAME/texts/SOURCE-UNIT.parquet     ``id`` (SHA-256 of a text in UTF-8, in hex), ``vector``; where texts are embedded

A vector is float16, of length 1, in a column of fixed-size binary. Embedders are known by name in ``models/roles.py``.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.triplets.errors import DamageError, Step, UsageError
from ieiw.triplets.layout.marks import SET_ASIDE
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.store import Store

FOLDER = "embeddings"
Kind = Literal["pictures", "texts"]
Vectors = npt.NDArray[np.float16]
ELSEWHERE = pa.schema([("unit", pa.string()), ("id", pa.string()), ("owner", pa.string())])


def vectors_file(name: str, kind: Kind, ref: UnitRef) -> str:
    """Where a unit's vectors lie."""
    return f"{FOLDER}/{name}/{kind}/{ref.source}-{ref.unit}.parquet"


def text_id(text: str) -> str:
    """By which a text's vector is found."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def vector_table(ids: Sequence[str], vectors: Vectors) -> pa.Table:
    """Ids and vectors as a unit's file holds them.

    Args:
        ids: distinct.
        vectors: (ids, dimension).

    Raises:
        ValueError: lengths differ, or a value is not finite: no such vector may come under a score.
    """
    if len(ids) != len(vectors):
        raise ValueError(f"{len(ids)} ids for {len(vectors)} vectors")
    if not np.isfinite(vectors).all():
        raise ValueError("the model gave vectors that are not finite")
    width = vectors.shape[1] * 2
    data = pa.py_buffer(np.ascontiguousarray(vectors, np.float16))
    column = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(ids), [None, data])
    return pa.table({"id": pa.array(ids, pa.string()), "vector": column})


def to_bytes(table: pa.Table, set_aside: str = "") -> bytes:
    """A unit's file. Vectors are not compressed: noise does not shrink."""
    sink = io.BytesIO()
    if set_aside:
        table = table.replace_schema_metadata({SET_ASIDE: set_aside})
    pq.write_table(table, sink, compression={"id": "zstd", "vector": "none"}, use_dictionary=False)
    return sink.getvalue()


def read_vectors(store: Store, file: str) -> tuple[list[str], Vectors]:
    """Ids and vectors of a unit's file; (0, 0) vectors where it was set aside.

    Raises:
        FileNotFoundError: the unit was not embedded.
        DamageError: it is not what was written.
    """
    try:
        table = read_table(io.BytesIO(store.read(file)), ["id", "vector"])
    except pa.ArrowException as error:
        raise DamageError(f"{file}: {error}") from error
    return table["id"].to_pylist(), as_array(table["vector"])


def as_array(column: pa.ChunkedArray) -> Vectors:
    """(rows, dimension) of a column of vectors, without a copy where it is one chunk."""
    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    width = array.type.byte_width // 2
    data = np.frombuffer(array.buffers()[1], np.float16) if len(array) else np.empty(0, np.float16)
    return data[array.offset * width :][: len(array) * width].reshape(len(array), width)


def write_elsewhere(store: Store, name: str, table: pa.Table) -> None:
    """Publish which pictures of a unit another one embeds."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    store.publish_bytes(f"{FOLDER}/{name}/elsewhere.parquet", sink.getvalue())


def read_elsewhere(store: Store, name: str, unit: str = "") -> pa.Table:
    """:data:`ELSEWHERE`, of one unit or of all."""
    table = read_table(io.BytesIO(store.read(f"{FOLDER}/{name}/elsewhere.parquet")))
    return table.filter(pa.compute.equal(table["unit"], unit)) if unit else table


def write_note(store: Store, name: str, note: Mapping[str, Any]) -> None:
    """Publish the note; the embeddings count from then on."""
    store.publish_bytes(f"{FOLDER}/{name}/embedding.json", (json.dumps(note, indent=2, sort_keys=True) + "\n").encode())


def read_note(store: Store, name: str) -> dict[str, Any] | None:
    """What ``embedding.json`` says; None where there is none."""
    try:
        return dict(json.loads(store.read(f"{FOLDER}/{name}/embedding.json")))
    except FileNotFoundError:
        return None


def require_note(store: Store, name: str, index: Sequence[str]) -> dict[str, Any]:
    """The note of embeddings that are there and whole.

    Args:
        store: of the build.
        name: of the embedder.
        index: digests of the build's index as it is now.

    Raises:
        UsageError: the build was not embedded by this embedder, or it has changed since; the step says how.
    """
    note = read_note(store, name)
    if note is None or note["index"] != list(index) or not note["complete"]:
        problem = "is not embedded" if note is None else "has changed since it was embedded"
        if note and not note["complete"]:
            problem = "is not fully embedded yet"
        raise UsageError(
            f"{store.location}: {problem} by {name}; embed it", Step("embed", store.location, {"embedder": name})
        )
    return note
