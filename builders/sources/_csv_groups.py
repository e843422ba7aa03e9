"""Huge CSV files, read group by group: their rows are sorted once by one column into a file that is mapped into memory."""

from __future__ import annotations

import hashlib
import tempfile
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from zlib import crc32

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, ipc

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.formats.json_stream import DocumentError
from ieiw.triplets.storage.cache import cache_folder

_VERSION = 1
_PARTS = 64
"""Rows are first dealt to so many parts, each of which is then sorted by itself: the memory that is needed shrinks by it."""
_BLOCK = 8 * 2**20
_MOST_DAMAGED = 10_000
Row = dict[str, str]


class CsvGroups:
    """The rows of a CSV with a header, grouped by one column. Groups are in no meaningful order, rows in that of the file.

    The sorted copy, of the columns that are asked for, lies in the user's cache. Kept in memory are four bytes a group.

    Args:
        root: of the data set.
        file: below it.
        columns: that rows shall have; the first is the one to group by.

    Raises:
        UsageError: the file is missing.
        DocumentError: ``wrong_schema``: a column is missing, it is no CSV, or nothing but damaged rows.
    """

    def __init__(self, root: Root, file: str, columns: Sequence[str]) -> None:
        self._key, self.file = columns[0], file
        reader = _opened(root, file, columns)
        self._parts = [reader.get_batch(number) for number in range(reader.num_record_batches)]
        self.damaged = msgspec.json.decode((reader.schema.metadata or {})[b"damaged"], type=list[tuple[int, str]])
        """Line and beginning of each row with another number of fields."""
        self._starts = [_starts(part.column(self._key)) for part in self._parts]
        self._firsts = np.cumsum([0, *map(len, self._starts)])

    def __len__(self) -> int:
        """Number of groups."""
        return int(self._firsts[-1])

    def group(self, index: int) -> list[Row]:
        """The rows of a group, by its number."""
        part = int(np.searchsorted(self._firsts, index, "right")) - 1
        return self._rows(part, index - int(self._firsts[part]))

    def find(self, key: str) -> list[Row]:
        """The rows whose first column is this; none where there is no such row."""
        wanted = key.encode("utf-8", "surrogateescape")
        part = crc32(wanted) % _PARTS
        starts, keys = self._starts[part], self._parts[part].column(self._key)
        at = bisect_left(range(len(starts)), wanted, key=lambda at: keys[int(starts[at])].as_py())
        if at == len(starts) or keys[int(starts[at])].as_py() != wanted:
            return []
        return self._rows(part, at)

    def _rows(self, part: int, at: int) -> list[Row]:
        starts, batch = self._starts[part], self._parts[part]
        first = int(starts[at])
        end = int(starts[at + 1]) if at + 1 < len(starts) else batch.num_rows
        rows = batch.slice(first, end - first).to_pylist()
        return [{name: value.decode("utf-8", "surrogateescape") for name, value in row.items()} for row in rows]


def _starts(keys: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Where each run of equal keys begins."""
    if len(keys) == 0:
        return np.zeros(0, np.int32)
    found = pc.indices_nonzero(pc.not_equal(keys[1:], keys[:-1]))
    # Not to_numpy(), which loads pandas.
    ends = (
        np.frombuffer(found.buffers()[1], np.uint64, len(found)).astype(np.int32)
        if len(found)
        else np.zeros(0, np.int32)
    )
    return np.append(np.int32(0), ends + np.int32(1))


def _opened(root: Root, file: str, columns: Sequence[str]) -> ipc.RecordBatchFileReader:
    """The sorted copy: from the cache, or made."""
    stamp = root.stamp(file)
    if not stamp:  # nobody can tell later whether it is still this file: a copy that goes with the process
        with tempfile.NamedTemporaryFile() as passing:
            _sort(root, file, columns, Path(passing.name))
            return ipc.open_file(pa.memory_map(passing.name))
    key = f"csv {_VERSION} {list(columns)} {stamp}"
    place = cache_folder("tables") / f"{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}.arrow"
    with suppress(OSError, pa.ArrowInvalid):  # not there yet, or damaged
        return ipc.open_file(pa.memory_map(str(place)))
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        spooled = Path(folder) / place.name
        _sort(root, file, columns, spooled)
        spooled.replace(place)
    return ipc.open_file(pa.memory_map(str(place)))


def _sort(root: Root, file: str, columns: Sequence[str], place: Path) -> None:
    """Deal the rows to parts by their key, then write each part, sorted, as one batch."""
    schema = pa.schema([(name, pa.binary()) for name in columns])
    damaged: list[tuple[int, str]] = []
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        places = [Path(folder) / str(number) for number in range(_PARTS)]
        with ExitStack() as stack:
            parts = [stack.enter_context(ipc.new_stream(str(part), schema)) for part in places]
            for batch in _batches(root, file, columns, damaged):
                owner = np.fromiter(
                    (crc32(key) % _PARTS for key in batch.column(0).to_pylist()), np.uint8, batch.num_rows
                )
                for number in np.unique(owner):
                    parts[number].write_batch(batch.take(pa.array(np.flatnonzero(owner == number))))
        schema = schema.with_metadata({"damaged": msgspec.json.encode(damaged)})
        with ipc.new_file(str(place), schema) as out:
            for part in places:
                table = ipc.open_stream(pa.memory_map(str(part))).read_all()
                order = pc.sort_indices(table.column(0))  # stable
                out.write_batch(
                    pa.record_batch([column.take(order).combine_chunks() for column in table.columns], schema)
                )


def _batches(root: Root, file: str, columns: Sequence[str], damaged: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
    """The columns of a file in its order; rows with another number of fields go to ``damaged``."""
    name = root.full_name(file)

    def note(row: csv.InvalidRow) -> str:
        damaged.append((row.number or 0, (row.text or "")[:200]))
        return "error" if len(damaged) > _MOST_DAMAGED else "skip"

    with root.open(file) as stream:
        try:
            yield from csv.open_csv(
                stream,
                csv.ReadOptions(use_threads=False, block_size=_BLOCK),  # only then are rows numbered
                csv.ParseOptions(invalid_row_handler=note),
                csv.ConvertOptions(
                    include_columns=list(columns),
                    column_types=dict.fromkeys(columns, pa.binary()),
                    strings_can_be_null=False,
                ),
            )
        except KeyError as error:
            raise DocumentError("wrong_schema", name, f"{str(error).strip(chr(39))}. Is it the right file?") from error
        except pa.ArrowInvalid as error:
            detail = f"{str(error)[:300]}. Is the download complete?"
            raise DocumentError("wrong_schema", name, detail) from error
