"""The compacted index against the units' own files: the same rows, in the same order, and the digests of build.json."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.pipelines.lint.accounting import Ledger
from ieiw.pipelines.lint.files import DAMAGE, brief, digest_of, parquet, texts
from ieiw.pipelines.lint.report import Findings, Kind
from ieiw.triplets.layout.build_state import FILE, BuildState, IndexPart
from ieiw.triplets.layout.index import SCHEMAS, Index, part_file
from ieiw.triplets.layout.marks import fetch
from ieiw.triplets.storage.store import Store

_BATCH = 4096


def check_index(store: Store, state: BuildState, ledgers: Mapping[str, Ledger], found: Findings) -> None:
    """Compare the index of a complete build with its units. Holds one batch and one unit's rows at a time."""
    for part in state.index:
        try:
            if digest_of(store, part.name) != part.sha256:
                found.add(Kind.DIGEST, part.name, f"SHA-256 differs from {FILE}'s")
        except FileNotFoundError:
            pass  # the comparison of rows tells
        except OSError as error:
            found.add(Kind.UNREADABLE, part.name, brief(error))
    unknown = list(state.index)
    for kind, schema in SCHEMAS.items():
        parts = Index(store, state).parts(kind)
        unknown = [part for part in unknown if part not in parts]
        if [part.name for part in parts] != [part_file(kind, number) for number in range(len(parts))]:
            found.add(Kind.INDEX, FILE, f"parts of the {kind} index are not numbered in order")
        with contextlib.suppress(_Unusable):
            _compare(_Stream(store, parts, schema, found), _tables(store, kind, ledgers), found)
    for part in unknown:
        found.add(Kind.INDEX, FILE, f"index part {part.name!r} is of no known kind")


class _Stream:
    """Reads index parts on and on, as many rows at a time as asked for."""

    def __init__(self, store: Store, parts: Sequence[IndexPart], schema: pa.Schema, found: Findings) -> None:
        self._found = found
        self._batches = self._read(store, parts, schema)
        self._kept = schema.empty_table()
        self.where = parts[0].name if parts else "index"
        self.broken = False

    def _read(self, store: Store, parts: Sequence[IndexPart], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for part in parts:
            with parquet(store, part.name, schema, self._found) as file:
                if file is None:
                    self.broken = True
                    return
                if file.metadata.num_rows != part.rows:
                    detail = f"holds {file.metadata.num_rows:,} rows, {FILE} says {part.rows:,}"
                    self._found.add(Kind.COUNTS, part.name, detail)
                self.where = part.name
                yield from self._batches_of(file, part.name)

    def _batches_of(self, file: pq.ParquetFile, name: str) -> Iterator[pa.RecordBatch]:
        try:
            for batch in file.iter_batches(_BATCH, use_threads=False):
                batch.validate(full=True)
                yield batch
        except DAMAGE as error:
            self._found.add(Kind.UNREADABLE, name, brief(error))
            self.broken = True

    def take(self, count: int) -> pa.Table:
        """The next rows, fewer at the end."""
        while self._kept.num_rows < count and not self.broken and (batch := next(self._batches, None)) is not None:
            self._kept = pa.concat_tables([self._kept, pa.Table.from_batches([batch]).replace_schema_metadata(None)])
        taken, self._kept = self._kept.slice(0, count), self._kept.slice(count)
        return taken


def _compare(stream: _Stream, units: Iterator[tuple[str, pa.Table]], found: Findings) -> None:
    for name, table in units:
        taken = stream.take(table.num_rows)
        if stream.broken:
            return
        if not taken.equals(table):
            found.add(Kind.INDEX, stream.where, f"{_difference(taken, table)}; rebuild it from {name} on")
            return
    if stream.take(1).num_rows and not stream.broken:
        found.add(Kind.INDEX, stream.where, "holds rows that no unit has")


def _difference(taken: pa.Table, table: pa.Table) -> str:
    if taken.num_rows < table.num_rows:
        return "ends before the units do"
    for at, (here, there) in enumerate(zip(texts(taken, "key"), texts(table, "key"), strict=True)):
        if here != there:
            return f"has {here} where {there} belongs"
        differing = [name for name in table.column_names if taken[name][at] != table[name][at]]
        if differing:
            return f"{', '.join(differing)} of {here} differ from the unit's"
    return "differs from the units' files"


def _tables(store: Store, kind: str, ledgers: Mapping[str, Ledger]) -> Iterator[tuple[str, pa.Table]]:
    """File and rows of each unit that should be in the index, in order. Ends before a file that could not be read."""
    for ledger in ledgers.values():
        retried = ledger.retried()
        usable = list(
            itertools.takewhile(lambda unit: unit.mark_read and (kind == "rows" or unit.rejects_read), ledger.results())
        )
        files = ((result, result.ref.rows if kind == "rows" else result.rejects) for result in usable)
        turns = {name: result.ref.round for result, name in files if name}
        try:
            for name, data in fetch(store, turns):
                table = pq.read_table(pa.BufferReader(data), use_threads=False).replace_schema_metadata(None)
                if kind == "rejects":
                    table = _standing(table, [tails for turn, tails in retried.items() if turn > turns[name]])
                yield name, table
        except DAMAGE as error:
            raise _Unusable from error  # changed while we look
        if len(usable) < len(ledger.results()):
            raise _Unusable


class _Unusable(Exception):
    """A unit's file could not be read, which was told where the unit was checked."""


def _standing(dead: pa.Table, later: Sequence[npt.NDArray[np.bytes_]]) -> pa.Table:
    """Rejects that no later round tried again."""
    tails = np.array([key[-20:].encode("ascii", "replace") for key in texts(dead, "key")], "S20")
    keep = np.ones(len(tails), np.bool_)
    for again in later:
        keep &= ~np.isin(tails, again)
    return dead.filter(pa.array(keep))
