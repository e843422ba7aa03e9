"""Takes vectors out of a gallery. Killed at any instant, it leaves the gallery before or the one after; the next run ends it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ieiw.pipelines.gallery.indexing import Say, make_index
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.gallery import Gallery, GalleryFile, Note, open_gallery, tables_of
from ieiw.triplets.layout.gallery_writing import remove_unnamed, write_note, write_parts


@dataclass(frozen=True, slots=True)
class Removed:
    """What a gallery came to.

    Attributes:
        note: of it.
        removed: vectors that this run took out.
        absent: ids that it did not hold.
    """

    note: Note
    removed: int
    absent: int


def held(location: str, ids: Collection[str]) -> int:
    """How many of some distinct ids a gallery holds.

    Raises:
        UsageError: there is no gallery, or it is damaged.
    """
    return int((open_gallery(location).rows_of(list(ids)) >= 0).sum())


def remove(location: str, ids: Collection[str], say: Say = lambda _: None) -> Removed:
    """Take vectors out, with all that is known of them, and make the index anew: cells that were found from them tell of them.

    A gallery of which nothing is left stays, empty: it can be added to.

    Args:
        location: of the gallery.
        ids: of the vectors; those that it does not hold are counted.
        say: given a line about each long step.

    Raises:
        UsageError: no id is given, there is no gallery, or it is damaged.
    """
    if not ids:
        raise UsageError("nothing to remove is named; give the SHA-256 of a picture, or an id")
    gallery, gone = open_gallery(location), pa.array(sorted(set(ids)), pa.string())
    store, note = gallery.store, gallery.note
    parts = [after for part in note.parts for after in _without(gallery, part, gone)]
    removed = note.count - sum(part.rows for part in parts)
    if removed:
        say(f"taking {removed:,} vectors out")
        index = make_index(store, parts, note.dimension, say)
        note = note.model_copy(update={"parts": tuple(parts), "index": index})
        write_note(store, note)
    else:
        remove_unnamed(store, note)  # what a run left that was killed after its note
    return Removed(note, removed, len(gone) - removed)


def _without(gallery: Gallery, part: GalleryFile, gone: pa.Array) -> tuple[GalleryFile, ...]:
    """A part as it is where it holds none of the ids; else written again without them, or no part where nothing is left."""
    store = gallery.store
    if not any(pc.any(pc.is_in(table["id"], gone)).as_py() for table in tables_of(store, [part], ["id"])):
        return (part,)
    tables = tables_of(store, [part], ["id", "vector", *gallery.note.columns])
    number = int(part.name.removeprefix("parts/").partition("-")[0])
    return write_parts(store, (table.filter(pc.invert(pc.is_in(table["id"], gone))) for table in tables), number)[0]
