"""Writes galleries: parts cut by the number of rows alone, files named by their digest, the note last."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.triplets.layout.gallery import FILE, WORK, GalleryFile, Note, file_of
from ieiw.triplets.storage.folder import FolderStore

ROWS_PER_PART = 65_536
_ROWS_PER_GROUP = 8_192
_OWN = ("id", "vector")


def write_note(store: FolderStore, note: Note) -> None:
    """Publish the note, and remove every file that it does not name."""
    store.publish_bytes(FILE, (note.model_dump_json(indent=2) + "\n").encode())
    remove_unnamed(store, note)


def remove_unnamed(store: FolderStore, note: Note) -> None:
    """Remove what killed runs and older notes left behind."""
    named = {note.index.file.name, *(part.name for part in note.parts)}
    for folder in ("", "parts", WORK):
        for name in store.sizes(folder):
            full = f"{folder}/{name}" if folder else name
            ours = folder or (name.startswith("index-") and name.endswith(".faiss"))
            if ours and full not in named:
                store.delete(full)
    store.sweep()


def write_parts(
    store: FolderStore, tables: Iterable[pa.Table], first: int = 0
) -> tuple[tuple[GalleryFile, ...], dict[str, str]]:
    """Write parts, cut by the number of rows alone, whatever the tables' lengths.

    Args:
        store: of the gallery.
        tables: of one schema, with ``id`` and ``vector``.
        first: number of the first part.

    Returns:
        The parts, and the types of the other columns.

    Raises:
        ValueError: another schema, or without ``id`` and ``vector``.
    """
    parts: list[GalleryFile] = []
    waiting: list[pa.Table] = []
    schema: pa.Schema | None = None
    for table in tables:
        table = table.replace_schema_metadata(None)
        schema = schema or table.schema
        if table.schema != schema or table.schema.names[:2] != list(_OWN):
            raise ValueError(f"columns {table.schema.names}, not {schema.names}")
        waiting.append(table)
        while sum(each.num_rows for each in waiting) >= ROWS_PER_PART:
            whole = pa.concat_tables(waiting)
            parts.append(_write_part(store, whole.slice(0, ROWS_PER_PART), first + len(parts)))
            waiting = [whole.slice(ROWS_PER_PART)]
    if any(each.num_rows for each in waiting):
        parts.append(_write_part(store, pa.concat_tables(waiting), first + len(parts)))
    columns = {field.name: str(field.type) for field in schema or () if field.name not in _OWN}
    return tuple(parts), columns


def _write_part(store: FolderStore, table: pa.Table, number: int) -> GalleryFile:
    """Vectors lie one after another, a page a row group: they are mapped (``gallery_vectors.py``)."""
    file = store.spooled()
    fields = [field.with_nullable(field.name != "vector") for field in table.schema]
    pq.write_table(
        table.combine_chunks().cast(pa.schema(fields)),
        file,
        compression={name: "none" if name == "vector" else "zstd" for name in table.schema.names},
        use_dictionary=[name for name in table.schema.names if name not in _OWN],
        write_statistics=[name for name in table.schema.names if name not in _OWN],
        row_group_size=_ROWS_PER_GROUP,
        data_page_size=2**30,
        max_rows_per_page=_ROWS_PER_GROUP,
    )
    return publish_named(store, file, f"parts/{number:05d}", ".parquet", table.num_rows)


def publish_named(store: FolderStore, file: Path, stem: str, suffix: str, rows: int) -> GalleryFile:
    """Publish a file under a name that carries its digest."""
    found = file_of(file, rows)
    named = found.model_copy(update={"name": f"{stem}-{found.sha256[:12]}{suffix}"})
    store.publish(named.name, file)
    return named
