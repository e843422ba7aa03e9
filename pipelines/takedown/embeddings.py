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
    SET_ASIDE,
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
    for name in store.folders(FOLDER):
        note = read_note(store, name)
        if note is None or note["index"] == list(after.digests()):
            continue
        whole = note["complete"] and note["index"] == list(before.digests())
        orphans = [ref for ref in refs if _left(store, name, ref, gone)]
        if whole and orphans:  # the note first: once their files are gone, nobody could tell
            whole = note["complete"] = False
            write_note(store, name, note)
        other = _elsewhere(store, name)
        for file in _borrowers(store, name, other, orphans):
            store.delete(file)
        for ref in refs:
            _rewrite_unit(store, name, ref, gone)
        write_elsewhere(store, name, other.filter(pc.invert(pc.is_in(other["id"], gone))))
        if whole:
            counts = {kind: sum(_rows(store, name, kind)) for kind in _KINDS}
            write_note(store, name, note | counts | {"index": list(after.digests())})


def _said(store: Store, ref: UnitRef) -> set[str]:
    """Ids of the instructions that a unit still has."""
    with store.open(ref.rows) as file:
        return {text_id(text) for text in read_table(file, ["instruction"])["instruction"].to_pylist()}


def _left(store: Store, name: str, ref: UnitRef, gone: pa.Array) -> bool:
    """Whether a unit without triplets holds vectors that other units need; those are embedded again."""
    file = vectors_file(name, "pictures", ref)
    if _said(store, ref) or not store.exists(file):
        return False
    with store.open(file) as stream:
        return not pc.all(pc.is_in(read_table(stream, ["id"])["id"], gone), min_count=0).as_py()


def _elsewhere(store: Store, name: str) -> pa.Table:
    try:
        return read_elsewhere(store, name)
    except FileNotFoundError:  # an embedding that had only begun
        return ELSEWHERE.empty_table()


def _borrowers(store: Store, name: str, elsewhere: pa.Table, owners: Sequence[UnitRef]) -> list[str]:
    """Files of the units that count on vectors in the files of these."""
    names = pa.array([f"{ref.source}-{ref.unit}" for ref in owners], pa.string())
    units = pc.unique(elsewhere.filter(pc.is_in(elsewhere["owner"], names))["unit"]).to_pylist()
    ends = tuple(f"-{unit}.parquet" for unit in units)
    folders = [f"{FOLDER}/{name}/{kind}" for kind in _KINDS]
    return [f"{folder}/{file}" for folder in folders for file in store.sizes(folder) if file.endswith(ends)]


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
        told = (table.schema.metadata or {}).get(SET_ASIDE, b"").decode()
        store.publish_bytes(file, to_bytes(table.filter(stays), told))


def _rows(store: Store, name: str, kind: Kind) -> list[int]:
    """How many vectors each file of a kind holds."""
    counts = []
    for file in store.sizes(f"{FOLDER}/{name}/{kind}"):
        with store.open(f"{FOLDER}/{name}/{kind}/{file}") as stream:
            counts.append(pq.read_metadata(stream).num_rows)
    return counts
