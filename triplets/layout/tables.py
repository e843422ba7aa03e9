"""Parquet files read in one thread.

A thread of Arrow that still lets go of a Python file while the process ends aborts a command whose work is done
(apache/arrow#34314). And with threads Arrow's allocator keeps more memory than the columns need.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROWS_PER_PART = 500_000
"""A part of an index, of a build's or a cut's, is closed at so many rows."""


class _NoPandas:
    """An import finder that knows of no pandas."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name == "pandas":
            raise ImportError(name)


def spare_pandas() -> None:
    """Let Arrow, in this process, not load pandas when it first makes an array of a list: that takes up to a second.

    For processes of our own. Arrow looks for pandas once, and again only where a frame is asked for.
    """
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, cast(Any, _NoPandas))
        try:
            pa.array([0])
        finally:
            sys.meta_path.remove(cast(Any, _NoPandas))


def read_table(file: IO[bytes], columns: Sequence[str] | None = None, repeated: Sequence[str] = ()) -> pa.Table:
    """Columns of a whole file; all of them where none are named. Those in ``repeated`` come dictionary-encoded.

    Not ``pq.read_table``: that imports pyarrow.dataset, and with it pandas.

    Raises:
        pa.ArrowException, OSError: damaged, or a column is not there.
    """
    opened = pq.ParquetFile(file, read_dictionary=list(repeated), pre_buffer=False)
    return opened.read(columns=_present(opened, columns), use_threads=False)


def read_row_group(file: IO[bytes], group: int, columns: Sequence[str] | None = None) -> pa.Table:
    """Columns of one row group.

    Raises:
        pa.ArrowException, OSError: damaged, or there is no such row group or column.
    """
    opened = pq.ParquetFile(file, pre_buffer=False)
    return opened.read_row_group(group, columns=_present(opened, columns), use_threads=False)


def rows_where(
    file: IO[bytes],
    column: str,
    chosen: Callable[[pa.ChunkedArray], pa.ChunkedArray],
    columns: Sequence[str] | None = None,
) -> Iterator[dict[str, Any]]:
    """The rows whose value in ``column`` is chosen, in order.

    Of a row group without any, nothing but that column is read: Parquet's own filters would decode all columns of the file,
    since keys are hashes and no statistics rule a row group out.

    Args:
        file: an open Parquet file.
        column: what ``chosen`` is given, a row group at a time.
        chosen: from values to truth.
        columns: to be given back; all where none are named.

    Raises:
        pa.ArrowException, OSError: damaged, or a column is not there.
    """
    opened = pq.ParquetFile(file, pre_buffer=False)
    asked, wanted = _present(opened, [column]), _present(opened, columns)
    for group in range(opened.num_row_groups):
        mask = chosen(opened.read_row_group(group, columns=asked, use_threads=False)[column])
        if pc.any(mask).as_py():
            table = opened.read_row_group(group, columns=wanted, use_threads=False)
            yield from cast(list[dict[str, Any]], table.filter(mask).to_pylist())


def take_rows(file: IO[bytes], rows: npt.NDArray[np.int64], columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Rows by number, which rise; only the row groups that hold them are read.

    Raises:
        pa.ArrowException, OSError: damaged, or a column is not there.
    """
    opened = pq.ParquetFile(file, pre_buffer=False)
    wanted = _present(opened, columns)
    ends = np.cumsum([opened.metadata.row_group(group).num_rows for group in range(opened.num_row_groups)])
    groups = np.searchsorted(ends, rows, side="right")
    for group in np.unique(groups):
        inside = rows[groups == group] - (ends[group - 1] if group else 0)
        table = opened.read_row_group(int(group), columns=wanted, use_threads=False)
        yield from table.take(pa.array(inside)).to_pylist()


def _present(opened: pq.ParquetFile, columns: Sequence[str] | None) -> list[str] | None:
    """The columns asked for; Arrow itself leaves out in silence what a file does not hold."""
    lacking = sorted(set(columns or ()) - set(opened.schema_arrow.names))
    if lacking:
        raise pa.ArrowInvalid(f"no column {', '.join(map(repr, lacking))}")
    return None if columns is None else list(columns)
