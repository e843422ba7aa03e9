"""What a cut chooses from and an audit counts: columns of the build's index, and the scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ieiw.filters.columns import numbers
from ieiw.filters.digests import packed
from ieiw.filters.frame import COLUMNS, Frame, Ids
from ieiw.filters.registry import kind_of
from ieiw.pipelines.index.score_notes import fresh_note
from ieiw.triplets.layout.embeddings import read_vectors, require_note, vectors_file
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.scores import read_values


def open_frame(index: Index, extra: Sequence[str] = (), scores: Iterable[str] = ()) -> Frame:
    """All rows of the build in the order of its index, with its scores; ``extra`` columns as well.

    ``scores`` that will be asked for are read beside the rows, by a thread of its own; others when a rule asks.
    """
    ids: dict[str, Ids] = {}

    def read(name: str) -> tuple[Ids, npt.NDArray[Any]]:
        note = fresh_note(index.store, index.state, name) or {}
        same = str(note.get("ids_sha256", name))  # scores of one pass share their ids
        table = read_values(index.store, name, ["value"] if same in ids else ["id", "value"])
        if same not in ids:
            ids[same] = table["id"] if kind_of(name) == "pair" else packed(table["id"])
        return ids[same], numbers(table["value"])

    with ThreadPoolExecutor(1) as reader:
        waiting = {name: reader.submit(read, name) for name in sorted(scores)}
        reader.submit(pa.default_memory_pool().release_unused)  # what Arrow keeps for this thread dies with it unused
        table = index.columns([*COLUMNS, *extra], change=_packed)

    def lookup(name: str) -> tuple[Ids, npt.NDArray[Any]]:
        return waiting.pop(name).result() if name in waiting else read(name)

    return Frame(
        table, lookup, lambda column: index.columns([column])[column], embedded=lambda name: _embedded(index, name)
    )


def _embedded(index: Index, embedder: str) -> tuple[Ids, npt.NDArray[np.float16]]:
    """Ids and vectors of all pictures that an embedder embedded; two kilobytes a picture.

    Raises:
        UsageError: the build is not embedded so.
    """
    require_note(index.store, embedder, index.digests())
    files = [vectors_file(embedder, "pictures", ref) for ref in index.state.refs()]
    there = index.store.sizes(f"embeddings/{embedder}/pictures")  # units without triplets have none
    found = [read_vectors(index.store, file) for file in files if file.rpartition("/")[2] in there]
    ids = packed(pa.chunked_array([pa.array(each, pa.string()) for each, _ in found], pa.string()))
    return ids, np.concatenate([vectors for _, vectors in found])


def _packed(table: pa.Table) -> pa.Table:
    """The table with digests as bytes, which take a quarter of the memory."""
    for name in ("source_sha256", "target_sha256"):
        table = table.set_column(table.column_names.index(name), name, packed(table[name]))
    return table
