"""What a gallery is filled from: tables of vectors, and whose they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from ieiw.triplets.layout.embeddings import read_vectors, require_note, vector_table, vectors_file
from ieiw.triplets.layout.index import Index, open_build
from ieiw.triplets.storage.store import open_store

Which = Literal["target", "source", "all"]


@dataclass(frozen=True, slots=True)
class Filling:
    """Vectors on their way into a gallery.

    Attributes:
        settings: of their embedder, its name (``embedder``) among them.
        stand_in: whether that is no trained model.
        dimension: of a vector.
        inputs: digest of all that decides the tables.
        tables: gives them anew, in order and of one schema: ``id``, ``vector``, and columns of their own.
    """

    settings: Mapping[str, str]
    stand_in: bool
    dimension: int
    inputs: str
    tables: Callable[[], Iterator[pa.Table]]


def of_build(location: str, embedder: str, which: Which = "target") -> Filling:
    """The pictures of an embedded build, each with where it lies: ``key``, ``role``, ``shard``, ``offset``, ``size``.

    Args:
        location: a complete build that is embedded.
        embedder: by which.
        which: targets, sources, or both.

    Raises:
        UsageError: no complete build, or it is not embedded by this embedder.
    """
    store = open_store(location)
    index = open_build(store)
    note = require_note(store, embedder, index.digests())

    def tables() -> Iterator[pa.Table]:
        wanted = _places(index, which)
        row_of = {each: row for row, each in enumerate(wanted["id"].to_pylist())}
        for ref in index.state.refs():
            try:
                ids, vectors = read_vectors(store, vectors_file(embedder, "pictures", ref))
            except FileNotFoundError:  # of a unit without triplets
                continue
            at = pa.array([row_of.get(each) for each in ids], pa.int64())
            table = vector_table(ids, vectors).filter(at.is_valid())
            for name in wanted.column_names[1:]:
                table = table.append_column(name, wanted[name].take(at.drop_null()))
            yield table

    inputs = digest_of([note["settings"], note["index"], which])
    return Filling(note["settings"], bool(note["stand_in"]), int(note["settings"]["dimension"]), inputs, tables)


def digest_of(value: object) -> str:
    """SHA-256 (hex) of a value as JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _places(index: Index, which: Which) -> pa.Table:
    """Each distinct picture once, with where it is first found: among the targets before the sources."""
    roles = ("target", "source") if which == "all" else (which,)
    found = []
    for role in roles:
        table = index.columns(["key", "shard", *(f"{role}_{field}" for field in ("sha256", "offset", "size"))])
        columns = {  # a reference to the picture, without the build: that may move
            "id": table[f"{role}_sha256"].cast(pa.string()),
            "key": table["key"].cast(pa.string()),
            "role": pa.array([role] * table.num_rows, pa.string()),
            "shard": table["shard"].cast(pa.string()),
            "offset": table[f"{role}_offset"].cast(pa.int64()),
            "size": table[f"{role}_size"].cast(pa.int64()),
        }
        found.append(pa.table(columns))
    whole = pa.concat_tables(found)
    numbered = whole.select(["id"]).append_column("row", pa.array(range(whole.num_rows), pa.int64()))
    first = numbered.group_by("id", use_threads=False).aggregate([("row", "min")])["row_min"]
    return whole.take(first)
