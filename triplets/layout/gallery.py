"""A gallery on disk: vectors to search among, and what is known of each. It stands alone, whatever it was made of.

::

    gallery.json               the note: whose vectors, which index, which files with their digests. Written last, each time
    parts/00000-SHA12.parquet  ``id`` (distinct), ``vector`` (as in embeddings), and columns of the gallery's own
    index-SHA12.faiss          finds neighbours by row number; rows count from 0 through the parts
    work/                      what a run under way has done

A file's name carries the digest of its content, so what a note names never changes; what the note does not name is removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import ValidationError

from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.embeddings import Vectors, as_array
from ieiw.triplets.layout.tables import take_rows
from ieiw.triplets.settings.yaml_file import Strict
from ieiw.triplets.storage.folder import FolderStore
from ieiw.triplets.storage.store import open_store

FILE = "gallery.json"
WORK = "work"


class GalleryFile(Strict):
    """A file that the note names: name below the gallery, vectors it holds, size in bytes, SHA-256 (hex)."""

    name: str
    rows: int
    size: int
    sha256: str


class IndexNote(Strict):
    """How the index was made.

    Attributes:
        string: FAISS's description, such as ``IVF2048,RaBitQ``.
        trained_on: vectors that its cells were found from; 0 where it has none.
        nprobe: cells that a search looks into.
        k_factor: vectors on the short list for each one asked for, which are compared again exactly; 0 where all are.
        file: holding it.
    """

    string: str
    trained_on: int
    nprobe: int
    k_factor: int
    file: GalleryFile


class Note(Strict):
    """What ``gallery.json`` says.

    Attributes:
        embedder: settings of the model behind the vectors, its name (``embedder``) and the digest of its weights among them.
        stand_in: whether that is no trained model.
        dimension: of a vector.
        metric: how neighbours are told: by the scalar product of vectors of length 1.
        columns: name -> Arrow's type of what is known of each vector beside its id.
        inputs: digest of what the gallery was first made of; the same again is nothing to do.
        parts: in order.
        index: over all of them.
    """

    format: int = 1
    embedder: dict[str, str]
    stand_in: bool
    dimension: int
    metric: str = "inner-product"
    columns: dict[str, str]
    inputs: str
    parts: tuple[GalleryFile, ...]
    index: IndexNote

    @property
    def count(self) -> int:
        """Vectors."""
        return sum(part.rows for part in self.parts)


class Gallery:
    """Reads a gallery.

    Args:
        store: of the gallery.
        note: of it.
    """

    def __init__(self, store: FolderStore, note: Note) -> None:
        self.store, self.note = store, note

    @property
    def index_file(self) -> Path:
        """The index, to be mapped into memory."""
        return self._path(self.note.index.file)

    def _path(self, file: GalleryFile) -> Path:
        return Path(self.store.location) / file.name

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the note: of all that the gallery holds, by the digests of its files."""
        return hashlib.sha256(self.note.model_dump_json().encode()).hexdigest()

    def tables(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Columns, some thousand rows at a time; see :func:`tables_of`."""
        return tables_of(self.store, self.note.parts, columns)

    def vectors(self) -> Iterator[Vectors]:
        """(some rows, dimension), float16 of length 1; see :func:`tables_of`."""
        return vectors_of(self.store, self.note.parts)

    def take(self, rows: Sequence[int], columns: Sequence[str] = ()) -> list[dict[str, Any]]:
        """What is known of some rows, in the order asked for; all but the vector where no columns are named.

        Raises:
            UsageError: a part is missing or damaged.
        """
        wanted = np.asarray(rows, np.int64)
        found: dict[int, dict[str, Any]] = {}
        start = 0
        for part in self.note.parts:
            here = np.unique(wanted[(wanted >= start) & (wanted < start + part.rows)])
            if len(here):
                try:
                    with self.store.open(part.name) as file:
                        taken = take_rows(file, here - start, columns or ("id", *self.note.columns))
                        found |= zip(here.tolist(), taken, strict=True)
                except (OSError, pa.ArrowException) as error:
                    raise _damaged(self.store, part, str(error)) from error
            start += part.rows
        return [found[row] for row in wanted.tolist()]

    def rows_of(self, ids: Sequence[str]) -> npt.NDArray[np.int64]:
        """(ids,): the row of each, -1 where the gallery does not hold it. The ids of all rows are kept in memory.

        Raises:
            UsageError: a part is missing or damaged.
        """
        asked = pa.array(ids, pa.string())
        distinct = pc.unique(asked)
        rows = np.full(len(distinct), -1, np.int64)
        at = pc.fill_null(pc.index_in(self._ids, value_set=distinct), -1).to_numpy()
        here = np.flatnonzero(at >= 0)
        rows[at[here]] = here
        found: npt.NDArray[np.int64] = rows[pc.index_in(asked, value_set=distinct).to_numpy()]
        return found

    @cached_property
    def _ids(self) -> pa.ChunkedArray:
        return pa.concat_tables(self.tables(["id"]))["id"]

    def check_files(self) -> None:
        """Hold every file against its digest.

        Raises:
            UsageError: one is missing, or not what was written.
        """
        for each in (*self.note.parts, self.note.index.file):
            try:
                if file_of(self._path(each), each.rows).sha256 != each.sha256:
                    raise _damaged(self.store, each, "differs from the SHA-256 in the note")
            except OSError as error:
                raise _damaged(self.store, each, str(error)) from error


def tables_of(store: FolderStore, parts: Iterable[GalleryFile], columns: Sequence[str]) -> Iterator[pa.Table]:
    """Columns of parts, some thousand rows at a time.

    Raises:
        UsageError: a part is missing or damaged.
    """
    for part in parts:
        try:
            with store.open(part.name) as file:
                opened = pq.ParquetFile(file, pre_buffer=False)
                for group in range(opened.num_row_groups):
                    yield opened.read_row_group(group, columns=list(columns), use_threads=False)
        except (OSError, pa.ArrowException) as error:
            raise _damaged(store, part, str(error)) from error


def vectors_of(store: FolderStore, parts: Iterable[GalleryFile]) -> Iterator[Vectors]:
    """(some rows, dimension), float16 of length 1; see :func:`tables_of`."""
    return (as_array(table["vector"]) for table in tables_of(store, parts, ["vector"]))


def file_of(file: Path, rows: int) -> GalleryFile:
    """What a file is now; ``rows`` is taken as it is given."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return GalleryFile(name=file.name, rows=rows, size=file.stat().st_size, sha256=digest)


def _damaged(store: FolderStore, file: GalleryFile, problem: str) -> UsageError:
    return UsageError(f"{store.location}/{file.name}: {problem}. Build the gallery anew, into a folder of its own")


def gallery_store(location: str) -> FolderStore:
    """The folder of a gallery, there or not.

    Raises:
        UsageError: it is in a bucket: an index is mapped into memory.
    """
    store = open_store(location)
    if not isinstance(store, FolderStore):
        raise UsageError(f"{location}: a gallery lies in a folder, from where it is mapped into memory. Copy it to one")
    return store


def read_note(store: FolderStore) -> Note | None:
    """The note; None where there is no gallery, or none that is complete.

    Raises:
        UsageError: damaged, or of another version.
    """
    try:
        return Note.model_validate_json(store.read(FILE))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        problem = f"no note of a gallery that this version can read ({error.error_count()} wrong fields)"
        raise UsageError(f"{store.location}/{FILE}: {problem}. Build the gallery anew") from error


def open_gallery(location: str) -> Gallery:
    """A complete gallery.

    Raises:
        UsageError: there is none, or its note is damaged.
    """
    store = gallery_store(location)
    note = read_note(store)
    if note is None:
        raise UsageError(
            f"{store.location}: holds no complete gallery. Make one by `gallery build` or `gallery import`"
        )
    return Gallery(store, note)


def check_embedder(gallery: Gallery, settings: Mapping[str, str]) -> None:
    """Make sure that vectors are of the gallery's embedder. The device is no matter; weights are where both sides state them.

    Args:
        gallery: to be searched or filled.
        settings: of the other vectors' embedder, as its ``describe`` gives them.

    Raises:
        UsageError: another embedder, or other weights or settings; names both.
    """
    ours = gallery.note.embedder
    differing = [
        name for name in sorted(ours.keys() & settings.keys() - {"device", "dimension"}) if ours[name] != settings[name]
    ]
    if differing:
        theirs, own = (", ".join(f"{name} {each[name][:12]}" for name in differing) for each in (settings, ours))
        raise UsageError(
            f"{gallery.store.location}: holds vectors of {ours['embedder']} ({own}), which compare with none of "
            f"{settings['embedder']} ({theirs}). Give the gallery's embedder, or build a gallery with the other"
        )
