"""Makes and fills galleries. Kill it at any instant: the next run comes to the same files, and what took long is not done again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ieiw.models.gallery import building
from ieiw.models.gallery.choice import chosen
from ieiw.pipelines.gallery.indexing import Means, make_index, published, writing
from ieiw.pipelines.gallery.sources import Filling
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.embeddings import as_array
from ieiw.triplets.layout.gallery import (
    Gallery,
    Note,
    check_embedder,
    gallery_store,
    open_gallery,
    read_note,
    vectors_of,
)
from ieiw.triplets.layout.gallery_writing import remove_unnamed, write_note, write_parts
from ieiw.triplets.storage.folder import FolderStore


@dataclass(frozen=True, slots=True)
class Filled:
    """What a gallery came to.

    Attributes:
        note: of it.
        added: vectors that this run put in.
        known: left out, because the gallery held their id already.
        undirected: left out, because they are zero or not finite: alike to nothing.
    """

    note: Note
    added: int
    known: int
    undirected: int


def build(location: str, filling: Filling, means: Means | None = None) -> Filled:
    """Make a gallery.

    Args:
        location: its folder.
        filling: the vectors.
        means: to make the index by.

    Raises:
        UsageError: a gallery of something else lies there, another process writes to it, or there is no vector.
        WorkerDiedError, DriverFailedError: as for a build; what is done is kept.
    """
    store, means = gallery_store(location), means or Means()
    with writing(store, means):
        return _built(store, filling, means)


def _built(store: FolderStore, filling: Filling, means: Means) -> Filled:
    note = read_note(store)
    if note:
        if note.inputs == filling.inputs:
            remove_unnamed(store, note)
            return Filled(note, 0, 0, 0)
        raise UsageError(f"{store.location}: holds a gallery of something else. Add to it, or give another folder")
    fresh = _Fresh(set())
    means.say("writing vectors")
    parts, columns = write_parts(store, fresh.of(filling.tables()))
    if not parts:
        raise UsageError(f"{store.location}: there is no vector to put in ({fresh.undirected:,} without direction)")
    note = Note(
        embedder=dict(filling.settings),
        stand_in=filling.stand_in,
        dimension=filling.dimension,
        columns=columns,
        inputs=filling.inputs,
        parts=parts,
        index=make_index(store, parts, filling.dimension, means),
    )
    write_note(store, note)
    return Filled(note, fresh.added, fresh.known, fresh.undirected)


def add(location: str, filling: Filling, means: Means | None = None) -> Filled:
    """Put more vectors into a gallery; those whose id it holds are left out.

    Args:
        location: of the gallery.
        filling: the vectors.
        means: to make the index by, where it has to be made anew.

    Raises:
        UsageError: there is no gallery, or one of another embedder, or of other columns, or another process writes to it.
        WorkerDiedError, DriverFailedError: as for a build; what is done is kept.
    """
    store, means = open_gallery(location).store, means or Means()
    with writing(store, means):
        return _added(open_gallery(location), filling, means)


def _added(gallery: Gallery, filling: Filling, means: Means) -> Filled:
    check_embedder(gallery, filling.settings)
    store, note = gallery.store, gallery.note
    if filling.dimension != note.dimension:
        raise UsageError(
            f"{store.location}: vectors of length {note.dimension}; those to add have length {filling.dimension}"
        )
    fresh = _Fresh({each for table in gallery.tables(["id"]) for each in table["id"].to_pylist()})
    means.say("writing vectors")
    parts, columns = write_parts(store, fresh.of(filling.tables()), len(note.parts))
    if parts and columns != note.columns:
        raise UsageError(f"{store.location}: has columns {_told(note.columns)}; those to add have {_told(columns)}")
    if not parts:
        remove_unnamed(store, note)
        return Filled(note, 0, fresh.known, fresh.undirected)
    whole = note.parts + parts
    if chosen(note.index.string).outgrown_by(sum(part.rows for part in whole)):
        index = make_index(store, whole, note.dimension, means)
    else:
        means.say(f"adding {fresh.added:,} vectors to the index")
        spooled = store.spooled()
        building.fill(gallery.index_file, vectors_of(store, parts), spooled)
        file = published(store, whole, spooled)
        index = note.index.model_copy(update={"file": file})
    grown = note.model_copy(update={"parts": whole, "index": index})
    write_note(store, grown)
    return Filled(grown, fresh.added, fresh.known, fresh.undirected)


def _told(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} ({kind})" for name, kind in columns.items()) or "none"


class _Fresh:
    """Lets through what a gallery does not hold yet, and counts the rest.

    Args:
        held: ids of the gallery; grows.
    """

    def __init__(self, held: set[str]) -> None:
        self._held = held
        self.added = self.known = self.undirected = 0

    def of(self, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """The tables without rows whose id is held or whose vector is zero."""
        for table in tables:
            directed: npt.NDArray[np.bool_] = np.any(as_array(table["vector"]), axis=1)
            fresh = np.zeros(table.num_rows, np.bool_)
            for row, each in enumerate(table["id"].to_pylist()):
                if directed[row] and each not in self._held:
                    self._held.add(each)
                    fresh[row] = True
            self.added += int(fresh.sum())
            self.undirected += int((~directed).sum())
            self.known += int((directed & ~fresh).sum())
            yield table.filter(pa.array(fresh))
