"""What a cut chooses from and an audit counts: columns of the build's index, and the scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt
import pyarrow as pa

from ieiw.filters.columns import numbers
from ieiw.filters.digests import packed
from ieiw.filters.frame import COLUMNS, Frame, Ids
from ieiw.filters.registry import kind_of
from ieiw.pipelines.index.score_notes import fresh_note
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.scores import read_values


def open_frame(index: Index, extra: Sequence[str] = ()) -> Frame:
    """All rows of the build in the order of its index, with its scores; ``extra`` columns as well."""
    ids: dict[str, Ids] = {}

    def lookup(name: str) -> tuple[Ids, npt.NDArray[Any]]:
        note = fresh_note(index.store, index.state, name) or {}
        same = str(note.get("ids_sha256", name))  # scores of one pass share their ids
        table = read_values(index.store, name, ["value"] if same in ids else ["id", "value"])
        if same not in ids:
            ids[same] = table["id"] if kind_of(name) == "pair" else packed(table["id"])
        return ids[same], numbers(table["value"])

    table = index.columns([*COLUMNS, *extra], change=_packed)
    return Frame(table, lookup, lambda column: index.columns([column])[column])


def _packed(table: pa.Table) -> pa.Table:
    """The table with digests as bytes, which take a quarter of the memory."""
    for name in ("source_sha256", "target_sha256"):
        table = table.set_column(table.column_names.index(name), name, packed(table[name]))
    return table
