"""Embeddings without the pictures and instructions that were taken down."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ieiw.triplets.layout.embeddings import (
    ELSEWHERE,
    FOLDER,
    Kind,
    read_elsewhere,
    read_note,
    text_id,
    to_bytes,
    vectors_file,
    write_elsewhere,
    write_note,
)
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.marks import set_aside
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.layout.takedown import TakeDown
from ieiw.triplets.storage.store import Store

_KINDS: tuple[Kind, Kind] = ("pictures", "texts")


def rewrite(store: Store, taken: TakeDown, before: Index, after: Index, gone: pa.Array) -> None:
    """Rewrite the files of the units that were rewritten; embeddings that were whole are so for the new index.

    Args:
        store: of the build; its units are rewritten.
        taken: names them.
        before: the index that the notes speak of.
        after: the one that takes its place.
        gone: digests of pictures that no triplet shows any more.
    """
    refs = [UnitRef.decoded(text) for text in taken.units]
    emptied = [ref for ref in refs if not _said(store, ref)]
    for name in store.folders(FOLDER):
        note = read_note(store, name)
        if note is None or note["index"] == list(after.digests()):
            continue
        _hand_on(store, name, after, emptied, gone)
        for ref in refs:
            _rewrite_unit(store, name, ref, gone)
        if note["complete"] and note["index"] == list(before.digests()):
            counts = {kind: sum(_rows(store, name, kind)) for kind in _KINDS}
            write_note(store, name, note | counts | {"index": list(after.digests())})


def _hand_on(store: Store, name: str, after: Index, emptied: Sequence[UnitRef], gone: pa.Array) -> None:
    """Vectors that others count on move from units without triplets, each to the first unit that needs it and is embedded.

    Killed before the last line, the same again finds vectors moved; after it, nothing is left to move.
    """
    other = _elsewhere(store, name)
    for column, ids in (("id", gone), ("unit", [ref.unit for ref in emptied])):
        other = other.filter(pc.invert(pc.is_in(other[column], pa.array(ids, pa.string()))))
    folder = f"{FOLDER}/{name}/pictures/"
    there = store.sizes(folder)
    files = {ref.unit: vectors_file(name, "pictures", ref).removeprefix(folder) for ref in after.state.refs()}
    for ref in emptied:
        is_lent = pc.equal(other["owner"], _owner(files[ref.unit]))
        lent = other.filter(is_lent).to_pylist()
        heirs: dict[str, str] = {}
        for row in lent:
            if files[row["unit"]] in there:
                heirs.setdefault(row["id"], files[row["unit"]])
        for heir in dict.fromkeys(heirs.values()):
            _move(store, folder + files[ref.unit], folder + heir, [each for each in heirs if heirs[each] == heir])
        still = [row for row in lent if heirs.get(row["id"], files[row["unit"]]) != files[row["unit"]]]
        moved = pa.Table.from_pylist([row | {"owner": _owner(heirs[row["id"]])} for row in still], ELSEWHERE)
        other = pa.concat_tables([other.filter(pc.invert(is_lent)), moved])
    write_elsewhere(store, name, other)


def _owner(file: str) -> str:
    return file.removesuffix(".parquet")


def _move(store: Store, file: str, heir: str, ids: Sequence[str]) -> None:
    """Add vectors of one file to another that does not hold them yet."""
    more, table = (read_table(io.BytesIO(store.read(each))) for each in (file, heir))
    fresh = sorted(set(ids) - set(table["id"].to_pylist()))
    more = more.filter(pc.is_in(more["id"], pa.array(fresh, pa.string())))
    store.publish_bytes(heir, to_bytes(pa.concat_tables([table, more]), set_aside(table.schema.metadata)))


def _said(store: Store, ref: UnitRef) -> set[str]:
    """Ids of the instructions that a unit still has."""
    with store.open(ref.rows) as file:
        return {text_id(text) for text in read_table(file, ["instruction"])["instruction"].to_pylist()}


def _elsewhere(store: Store, name: str) -> pa.Table:
    try:
        return read_elsewhere(store, name)
    except FileNotFoundError:  # an embedding that had only begun
        return ELSEWHERE.empty_table()


def _rewrite_unit(store: Store, name: str, ref: UnitRef, gone: pa.Array) -> None:
    said = _said(store, ref)
    for kind in _KINDS:
        file = vectors_file(name, kind, ref)
        if not store.exists(file):
            continue
        if not said:  # a unit without triplets has no embeddings
            store.delete(file)
            continue
        table = read_table(io.BytesIO(store.read(file)))
        stays = pc.invert(pc.is_in(table["id"], gone))
        if kind == "texts":
            stays = pc.is_in(table["id"], pa.array(sorted(said), pa.string()))
        store.publish_bytes(file, to_bytes(table.filter(stays), set_aside(table.schema.metadata)))


def _rows(store: Store, name: str, kind: Kind) -> list[int]:
    """How many vectors each file of a kind holds."""
    counts = []
    for file in store.sizes(f"{FOLDER}/{name}/{kind}"):
        with store.open(f"{FOLDER}/{name}/{kind}/{file}") as stream:
            counts.append(pq.read_metadata(stream).num_rows)
    return counts
