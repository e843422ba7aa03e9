"""The index of a build: rows and rejects of all units in few large files, which cut, audit and train read.

::

    index/rows-00000.parquet      :data:`~ieiw.triplets.layout.rows.ROWS`, in the order of the units
    index/rejects-00000.parquet   :data:`~ieiw.triplets.layout.rows.REJECTS` that stand, in the same order
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import BuildState, IndexPart, check_whole, require_state
from ieiw.triplets.layout.rows import REJECTS, ROWS
from ieiw.triplets.layout.tables import ROWS_PER_PART, read_table, rows_where, take_rows
from ieiw.triplets.storage.store import Store

Kind = Literal["rows", "rejects"]
SCHEMAS: Mapping[Kind, pa.Schema] = {"rows": ROWS, "rejects": REJECTS}
_REPEATED = frozenset({"source", "task", "group", "pair", "licence", "shard", "picture_sha256"})
"""Columns whose values come often: read as numbers into a list of the distinct ones."""
_ROWS_PER_GROUP = 8_192
"""Rows of many units go into one row group: a writer holds some kilobytes for each group until its file is closed, and
readers go through them all."""


def part_file(kind: Kind, number: int) -> str:
    """Name of a part below the build."""
    return f"index/{kind}-{number:05d}.parquet"


class Index:
    """Reads the index of a build.

    Args:
        store: of the build.
        state: of the build; its parts are empty until the build is complete.
    """

    def __init__(self, store: Store, state: BuildState) -> None:
        self.store = store
        self.state = state

    def parts(self, kind: Kind = "rows") -> tuple[IndexPart, ...]:
        """The parts of a kind, in order."""
        return tuple(part for part in self.state.index if part.name.startswith(f"index/{kind}-"))

    def digests(self) -> tuple[str, ...]:
        """SHA-256 (hex) of the parts that hold rows: what was chosen from them holds while these stay."""
        return tuple(part.sha256 for part in self.parts())

    def tables(self, columns: Sequence[str], kind: Kind = "rows") -> Iterator[pa.Table]:
        """Columns, part by part; those of rows that have few distinct values come dictionary-encoded.

        Raises:
            UsageError: no such column; a part is missing or damaged, or has other rows than ``build.json`` says.
        """
        if unknown := [name for name in columns if name not in SCHEMAS[kind].names]:
            raise UsageError(f"no column {unknown[0]!r} in the {kind}. Known: {', '.join(SCHEMAS[kind].names)}")
        repeated = [name for name in columns if kind == "rows" and name in _REPEATED]
        for part in self.parts(kind):
            try:
                with self.store.open(part.name) as file:
                    table = read_table(file, columns, repeated)
            except (FileNotFoundError, pa.ArrowInvalid) as error:
                raise self._damaged(part, str(error)) from error
            if table.num_rows != part.rows:
                raise self._damaged(part, f"{table.num_rows:,} rows, not {part.rows:,}")
            yield table.replace_schema_metadata(None)

    def columns(
        self, columns: Sequence[str], kind: Kind = "rows", change: Callable[[pa.Table], pa.Table] = lambda table: table
    ) -> pa.Table:
        """Columns of all parts in one table, as :meth:`tables` gives them, each part after ``change``."""
        tables = [change(table) for table in self.tables(columns, kind)]
        if not tables:
            return change(pa.schema([SCHEMAS[kind].field(name) for name in columns]).empty_table())
        return pa.concat_tables(tables).unify_dictionaries()

    def rejects(self, columns: Sequence[str]) -> pa.Table:
        """Columns of all rejects that stand."""
        return self.columns(columns, "rejects")

    def where(
        self, column: str, chosen: Callable[[pa.ChunkedArray], pa.ChunkedArray], columns: Sequence[str]
    ) -> Iterator[dict[str, Any]]:
        """The rows whose value in ``column`` is chosen, in order. See :func:`~ieiw.triplets.layout.tables.rows_where`."""
        for part in self.parts():
            with self.store.open(part.name) as file:
                yield from rows_where(file, column, chosen, columns)

    def take(self, rows: Sequence[int], columns: Sequence[str]) -> list[dict[str, Any]]:
        """Some rows by number, in the order asked for; only the row groups that hold them are read."""
        wanted = np.asarray(rows, np.int64)
        found: dict[int, dict[str, Any]] = {}
        start = 0
        for part in self.parts():
            here = np.unique(wanted[(wanted >= start) & (wanted < start + part.rows)])
            if len(here):
                with self.store.open(part.name) as file:
                    found |= zip(here.tolist(), take_rows(file, here - start, columns), strict=True)
            start += part.rows
        return [found[row] for row in wanted.tolist()]

    def _damaged(self, part: IndexPart, problem: str) -> UsageError:
        remedy = "Delete the build's index/ and build with the same recipe again: it is compacted again from rows/"
        return UsageError(f"{self.store.location}/{part.name}: {problem}. {remedy}")


def open_build(store: Store) -> Index:
    """The index of a complete build, and with it the build's state.

    Raises:
        UsageError: there is no build, or it is not complete.
    """
    state = require_state(store)
    check_whole(store, state)
    if state.state != "complete":
        raise UsageError(f"{store.location}: the build is not complete; finish it first", Step("build", store.location))
    return Index(store, state)


class IndexWriter:
    """Writes tables of one kind into parts of a bounded number of rows, in order; remembers their digests.

    Attributes:
        parts: what was published.
    """

    def __init__(self, store: Store, kind: Kind) -> None:
        self._store, self._kind = store, kind
        self._writer: pq.ParquetWriter | None = None
        self._file = Path()
        self._waiting: list[pa.Table] = []
        self._waiting_rows = self._rows = 0
        self.parts: list[IndexPart] = []

    def add(self, table: pa.Table) -> None:
        """Append; an empty table leaves no trace."""
        if table.num_rows == 0:
            return
        self._waiting.append(table.replace_schema_metadata(None))
        self._waiting_rows += table.num_rows
        if self._waiting_rows >= _ROWS_PER_GROUP:
            self._write()
        if self._rows >= ROWS_PER_PART:
            self.close()

    def _write(self) -> None:
        """What waits becomes a row group."""
        if self._writer is None:
            self._file = self._store.spooled()
            self._writer = pq.ParquetWriter(self._file, SCHEMAS[self._kind], compression="zstd")
        self._writer.write_table(pa.concat_tables(self._waiting), row_group_size=self._waiting_rows)
        self._rows += self._waiting_rows
        self._waiting, self._waiting_rows = [], 0

    def close(self) -> None:
        """Publish what is open."""
        if self._waiting_rows:
            self._write()
        if self._writer is None:
            return
        self._writer.close()
        with self._file.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        name = part_file(self._kind, len(self.parts))
        self._store.publish(name, self._file)
        self.parts.append(IndexPart(name=name, rows=self._rows, sha256=digest))
        self._writer, self._rows = None, 0
