"""Makes and fills galleries. Kill it at any instant: the next run comes to the same files, and what took long is not done again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ieiw.models.gallery import building
from ieiw.models.gallery.choice import K_FACTOR, NPROBE, Choice, choose, chosen
from ieiw.pipelines.gallery.sources import Filling, digest_of
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.embeddings import as_array
from ieiw.triplets.layout.gallery import (
    WORK,
    GalleryFile,
    IndexNote,
    Note,
    check_embedder,
    gallery_store,
    open_gallery,
    read_note,
    vectors_of,
)
from ieiw.triplets.layout.gallery_writing import publish_named, remove_unnamed, write_note, write_parts
from ieiw.triplets.storage.folder import FolderStore

Say = Callable[[str], None]


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


def build(location: str, filling: Filling, say: Say = lambda _: None) -> Filled:
    """Make a gallery.

    Args:
        location: its folder.
        filling: the vectors.
        say: given a line about each long step.

    Raises:
        UsageError: a gallery of something else lies there, or there is no vector.
    """
    store = gallery_store(location)
    note = read_note(store)
    if note:
        if note.inputs == filling.inputs:
            remove_unnamed(store, note)
            return Filled(note, 0, 0, 0)
        raise UsageError(f"{store.location}: holds a gallery of something else. Add to it, or give another folder")
    fresh = _Fresh(set())
    say("writing vectors")
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
        index=_index(store, parts, filling.dimension, say),
    )
    write_note(store, note)
    return Filled(note, fresh.added, fresh.known, fresh.undirected)


def add(location: str, filling: Filling, say: Say = lambda _: None) -> Filled:
    """Put more vectors into a gallery; those whose id it holds are left out.

    Args:
        location: of the gallery.
        filling: the vectors.
        say: given a line about each long step.

    Raises:
        UsageError: there is no gallery, or one of another embedder, or of other columns.
    """
    gallery = open_gallery(location)
    check_embedder(gallery, filling.settings)
    store, note = gallery.store, gallery.note
    if filling.dimension != note.dimension:
        raise UsageError(
            f"{store.location}: vectors of length {note.dimension}; those to add have length {filling.dimension}"
        )
    fresh = _Fresh({each for table in gallery.tables(["id"]) for each in table["id"].to_pylist()})
    say("writing vectors")
    parts, columns = write_parts(store, fresh.of(filling.tables()), len(note.parts))
    if parts and columns != note.columns:
        raise UsageError(f"{store.location}: has columns {_told(note.columns)}; those to add have {_told(columns)}")
    if not parts:
        remove_unnamed(store, note)
        return Filled(note, 0, fresh.known, fresh.undirected)
    whole = note.parts + parts
    if chosen(note.index.string).outgrown_by(sum(part.rows for part in whole)):
        index = _index(store, whole, note.dimension, say)
    else:
        say(f"adding {fresh.added:,} vectors to the index")
        spooled = store.spooled()
        building.fill(gallery.index_file, vectors_of(store, parts), spooled)
        file = _published(store, whole, spooled)
        index = note.index.model_copy(update={"file": file})
    grown = note.model_copy(update={"parts": whole, "index": index})
    write_note(store, grown)
    return Filled(grown, fresh.added, fresh.known, fresh.undirected)


def _told(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} ({kind})" for name, kind in columns.items()) or "none"


def _index(store: FolderStore, parts: Sequence[GalleryFile], dimension: int, say: Say) -> IndexNote:
    """An index over all parts, published."""
    count = sum(part.rows for part in parts)
    choice = choose(count)
    trained_on = min(choice.sample, count)
    spooled = store.spooled()
    if choice.cells:
        say(f"making the index {choice.string}: {choice.cells:,} cells from {trained_on:,} vectors")
        building.merge(_shards(store, parts, choice, say), spooled)
    else:
        building.flat(vectors_of(store, parts), dimension, spooled)
    return IndexNote(
        string=choice.string,
        trained_on=trained_on,
        nprobe=min(NPROBE, choice.cells),
        k_factor=K_FACTOR if choice.cells else 0,
        file=_published(store, parts, spooled),
    )


def _published(store: FolderStore, parts: Sequence[GalleryFile], spooled: Path) -> GalleryFile:
    return publish_named(store, spooled, "index", ".faiss", sum(part.rows for part in parts))


def _shards(store: FolderStore, parts: Sequence[GalleryFile], choice: Choice, say: Say) -> list[Path]:
    """One index a part, in order; those that an earlier run made are taken as they are."""
    key = digest_of([choice.string, [part.sha256 for part in parts]])[:12]

    def once(name: str, make: Callable[[Path], None]) -> Path:
        name = f"{WORK}/{key}-{name}.faiss"
        if not store.exists(name):
            spooled = store.spooled()
            make(spooled)
            store.publish(name, spooled)
        return Path(store.location) / name

    def train(file: Path) -> None:
        count = sum(part.rows for part in parts)
        building.train(choice, building.sample(vectors_of(store, parts), count, choice.sample), file)

    trained = once("trained", train)

    def fill(part: GalleryFile) -> Callable[[Path], None]:
        return lambda file: building.fill(trained, vectors_of(store, [part]), file)

    say(f"sorting {len(parts)} parts into cells")
    return [once(f"{number:05d}", fill(part)) for number, part in enumerate(parts)]


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
