"""A CSV of all attempts of a build: what became of each by the cut, every score, and all that the index says of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from ieiw.pipelines.audit.excluded import verdict_table
from ieiw.pipelines.audit.load import load
from ieiw.pipelines.export.samples import OpenCut
from ieiw.triplets.layout.index import SCHEMAS
from ieiw.triplets.layout.rows import REJECTS, ROWS

FILE = "rows.csv"


def write(cut: OpenCut, folder: Path, report: Callable[[int], None]) -> int:
    """Write ``rows.csv``, part by part of the index, the rejects last; returns its rows. What has no value is empty.

    Raises:
        UsageError: scores or cut are older than the build.
    """
    index = cut.index
    ledger = load(index.store, cut.state.name)
    verdicts = verdict_table(ledger)
    own = [name for name in verdicts.column_names if name not in ROWS.names]
    names = [*ROWS.names, *(name for name in REJECTS.names if name not in ROWS.names and name not in own), *own]
    kinds = {field.name: field.type for schema in (REJECTS, ROWS, verdicts.schema) for field in schema}
    schema = pa.schema([pa.field(name, kinds[name]) for name in names])
    done = 0
    with csv.CSVWriter(folder / FILE, schema) as writer:
        for kind, stored in SCHEMAS.items():
            for table in index.tables(stored.names, kind):
                beside = verdicts.slice(done, table.num_rows).select(own)
                known = {**_columns(table), **_columns(beside)}
                empty = pa.nulls(table.num_rows)
                writer.write_table(pa.table([known.get(name, empty).cast(kinds[name]) for name in names], schema))
                done += table.num_rows
                report(done)
    return done


def _columns(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    """Columns by name, with nulls for NaN, which CSV has no word for."""
    found = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        missing = pc.is_nan(column) if pa.types.is_floating(column.type) else None
        found[name] = pc.if_else(missing, None, column) if missing is not None else column
    return found
