"""Takes vectors out of a gallery. Killed at any instant, it leaves the gallery before or the one after; the next run ends it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ieiw.pipelines.gallery.indexing import Means, make_index, writing
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.gallery import Gallery, GalleryFile, Note, open_gallery, tables_of
from ieiw.triplets.layout.gallery_writing import remove_unnamed, write_note, write_parts


@dataclass(frozen=True, slots=True)
class Removed:
    """What a gallery came to.

    Attributes:
        note: of it.
        removed: vectors that this run took out.
        absent: names of which it held none.
    """

    note: Note
    removed: int
    absent: int


def held(location: str, names: Collection[str]) -> int:
    """How many vectors of some names a gallery holds; see :func:`remove`.

    Raises:
        UsageError: there is no gallery, or it is damaged.
    """
    gallery, gone = open_gallery(location), pa.array(sorted(set(names)), pa.string())
    return sum(pc.sum(_of(table, gone)).as_py() or 0 for table in gallery.tables(_naming(gallery)))


def remove(location: str, names: Collection[str], means: Means | None = None) -> Removed:
    """Take vectors out, with all that is known of them, and make the index anew: cells that were found from them tell of them.

    A gallery of which nothing is left stays, empty: it can be added to.

    Args:
        location: of the gallery.
        names: ids of vectors, and SHA-256 (hex) of pictures whose regions go; those of which it holds none are counted.
        means: to make the index by.

    Raises:
        UsageError: no id is given, there is no gallery, it is damaged, or another process writes to it.
        WorkerDiedError, DriverFailedError: as for a build; what is done is kept.
    """
    if not names:
        raise UsageError("nothing to remove is named; give the SHA-256 of a picture, or an id")
    store, means = open_gallery(location).store, means or Means()
    with writing(store, means):
        return _removed(open_gallery(location), pa.array(sorted(set(names)), pa.string()), means)


def _removed(gallery: Gallery, gone: pa.Array, means: Means) -> Removed:
    store, note = gallery.store, gallery.note
    found = _found(gallery, gone)
    parts = [after for part in note.parts for after in _without(gallery, part, gone)]
    removed = note.count - sum(part.rows for part in parts)
    if removed:
        means.say(f"taking {removed:,} vectors out")
        index = make_index(store, parts, note.dimension, means)
        note = note.model_copy(update={"parts": tuple(parts), "index": index})
        write_note(store, note)
    else:
        remove_unnamed(store, note)  # what a run left that was killed after its note
    return Removed(note, removed, len(gone) - found)


def _naming(gallery: Gallery) -> list[str]:
    """Columns that hold names: of a region, its picture's too."""
    return ["id", *gallery.note.columns.keys() & {"picture_sha256"}]


def _of(table: pa.Table, gone: pa.Array) -> pa.ChunkedArray:
    """Whether each row is of one of the names."""
    mask = pc.is_in(table["id"], gone)
    return pc.or_(mask, pc.is_in(table["picture_sha256"], gone)) if "picture_sha256" in table.column_names else mask


def _found(gallery: Gallery, gone: pa.Array) -> int:
    """How many of the names are of something in the gallery."""
    found = set[str]()
    for table in gallery.tables(_naming(gallery)):
        for column in table.columns:
            found.update(column.filter(pc.is_in(column, gone)).to_pylist())
    return len(found)


def _without(gallery: Gallery, part: GalleryFile, gone: pa.Array) -> tuple[GalleryFile, ...]:
    """A part as it is where it holds none of the names; else written again without them, or no part where nothing is left."""
    store = gallery.store
    if not any(pc.any(_of(table, gone)).as_py() for table in tables_of(store, [part], _naming(gallery))):
        return (part,)
    tables = tables_of(store, [part], ["id", "vector", *gallery.note.columns])
    number = int(part.name.removeprefix("parts/").partition("-")[0])
    return write_parts(store, (table.filter(pc.invert(_of(table, gone))) for table in tables), number)[0]
