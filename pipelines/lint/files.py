"""Reading files that may be damaged: a table or a finding, never a traceback."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Collection, Iterator
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.pipelines.lint.report import Findings, Kind
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.rows import Mark, read_mark
from ieiw.triplets.layout.takedown import FOLDER, Tombstones, tombstones
from ieiw.triplets.storage.store import Store

DAMAGE = (OSError, pa.ArrowException, ValueError, KeyError, TypeError, IndexError, OverflowError, MemoryError)
"""What readers raise on damaged bytes. ``FileNotFoundError`` is an ``OSError``: ask for it first."""
_CHUNK = 2**20


@contextlib.contextmanager
def parquet(store: Store, name: str, schema: pa.Schema, found: Findings) -> Iterator[pq.ParquetFile | None]:
    """A Parquet file of the build with the schema of the contract, while it is open; None and a finding if there is none."""
    with contextlib.ExitStack() as stack:
        try:
            handle = stack.enter_context(store.open(name))
            file = stack.enter_context(_parquet(handle))
        except FileNotFoundError:
            found.add(Kind.MISSING, name, "no such file")
            file = None
        except DAMAGE as error:
            found.add(Kind.UNREADABLE, name, brief(error))
            file = None
        wrong = schema_difference(file.schema_arrow, schema) if file else ""
        if wrong:
            found.add(Kind.SCHEMA, name, wrong)
        yield None if wrong else file


def _parquet(source: Any) -> pq.ParquetFile:
    """Without read-ahead: its threads would call our file objects, and one that still does so at exit aborts the process."""
    return pq.ParquetFile(source, pre_buffer=False)


def schema_difference(schema: pa.Schema, wanted: pa.Schema) -> str:
    """Which columns are not those of the contract, in words; empty where all are."""
    if schema.remove_metadata().equals(wanted):
        return ""
    names = set(wanted.names)
    lacking = sorted(names - set(schema.names))
    unknown = sorted(set(schema.names) - names)
    other = sorted(name for name in names & set(schema.names) if not schema.field(name).equals(wanted.field(name)))
    parts = (("lacks", lacking), ("has unknown", unknown), ("has another type in", other))
    return "; ".join(f"{what} {', '.join(which)}" for what, which in parts if which) or "columns in another order"


def whole_table(
    file: pq.ParquetFile, name: str, found: Findings, columns: list[str] | None = None, group: int | None = None
) -> pa.Table | None:
    """All rows of a file, or of one row group, checked down to the last byte of text; None and a finding if damaged."""
    try:
        if group is None:
            table = file.read(columns=columns, use_threads=False)
        else:
            table = file.read_row_group(group, columns=columns, use_threads=False)
        table.validate(full=True)
    except DAMAGE as error:
        found.add(Kind.UNREADABLE, name, brief(error))
        return None
    return table


def small_table(store: Store, name: str, schema: pa.Schema, found: Findings) -> tuple[pa.Table, bytes] | None:
    """A small Parquet file with its bytes, or None and a finding."""
    try:
        data = store.read(name)
        file = _parquet(pa.BufferReader(data))
    except FileNotFoundError:
        found.add(Kind.MISSING, name, "no such file")
        return None
    except DAMAGE as error:
        found.add(Kind.UNREADABLE, name, brief(error))
        return None
    wrong = schema_difference(file.schema_arrow, schema)
    if wrong:
        found.add(Kind.SCHEMA, name, wrong)
        return None
    table = whole_table(file, name, found)
    return None if table is None else (table.replace_schema_metadata(None), data)


def mark_in(data: bytes, name: str, found: Findings) -> Mark | None:
    """The commit mark in a row file's bytes, or None and a finding."""
    try:
        return read_mark(data)
    except DAMAGE as error:
        found.add(Kind.MARK, name, brief(error))
        return None


def digest_of(store: Store, name: str) -> str:
    """SHA-256 (hex) of a file, read in chunks.

    Raises:
        OSError: not there, or not readable.
    """
    digest = hashlib.sha256()
    with store.open(name) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def texts(table: pa.Table, column: str) -> list[str]:
    """A text column as Python values."""
    return cast(list[str], table[column].to_pylist())


def brief(error: BaseException) -> str:
    """An error in one short line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def folders_of(store: Store, sources: Collection[str]) -> list[str]:
    """Folders whose every file some other file must name; of a build on disk also those nobody should have made."""
    folders = {"rows", "shards", "rejects", "index", "plan", *(f"plan/{name}" for name in sources)}
    if store.local is not None:
        for top in ("rows", "shards", "rejects", "index", "plan"):
            below = (path for path in (store.local / top).rglob("*") if path.is_dir())
            folders |= {str(path.relative_to(store.local)) for path in below if not path.name.startswith(".")}
    return sorted(folders)


def listed(store: Store, folders: list[str], each: Callable[[str], object] = lambda _: None) -> dict[str, int]:
    """Name below the build -> bytes, of every file in the folders."""
    found: dict[str, int] = {}
    for folder in folders:
        each(folder)
        found |= {f"{folder}/{name}": size for name, size in store.sizes(folder).items()}
    return found


def standing_tombstones(store: Store, found: Findings) -> Tombstones:
    """What was taken down; a finding, and none, where a proof is damaged."""
    try:
        return tombstones(store)
    except UsageError as error:
        found.add(Kind.TAKEN_DOWN, FOLDER, str(error))
        return Tombstones(frozenset(), frozenset())


def orphans(sizes: dict[str, int], named: Collection[str]) -> Iterator[tuple[str, int]]:
    """Files that nothing names. Indexes that other programs keep beside a shard (``X.tar.idx``) are theirs."""
    for name, size in sorted(sizes.items()):
        if name not in named and not (name.endswith(".tar.idx") and name.removesuffix(".idx") in named):
            yield name, size


def as_dicts(table: pa.Table) -> list[dict[str, Any]]:
    """Rows as dictionaries."""
    return cast(list[dict[str, Any]], table.to_pylist())
