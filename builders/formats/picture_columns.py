"""The door for pictures in Parquet files, as Hugging Face data sets hold them: each by its row group, row and column.

A column of pictures is a struct ``{bytes: binary, path: string}`` (the ``Image`` feature of ``datasets``), or plain bytes.
"""

from __future__ import annotations

import errno
import re
import tempfile
from array import array
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.builders.formats.dataset_root import MAX_PICTURE_BYTES, Root
from ieiw.builders.formats.json_stream import DocumentError
from ieiw.triplets.errors import UsageError
from ieiw.triplets.rejects import Reason, Refusal

_REFERENCE = re.compile(r"(?P<file>.+\.parquet)#(?P<group>\d{1,9})/(?P<row>\d{1,9})/(?P<column>[^/]+)", re.DOTALL)
_BUFFER = 2**20
_POINTER = b"version https://git-lfs"
_MOST_BYTES = 2 * 2**30
"""Of one column in one row group: pages are unpacked whole, and writers put hundreds of pictures into one."""
_KEPT = 6
"""Columns of row groups that are open at a time: three of two neighbours, for groups of rows that cross a border."""


def reference(file: str, group: int, row: int, column: str) -> str:
    """How a record's ``files`` name the picture of a row; ``row`` counts from 0 within the row group."""
    return f"{file}#{group}/{row}/{column}"


class PictureColumns:
    """Reads the pictures that references name.

    A column of a row group is unpacked once, into a nameless temporary file, so that rows can be asked for in any order and memory
    holds no more than one page; the last few files are kept.

    Args:
        root: the files lie below it.
    """

    def __init__(self, root: Root) -> None:
        self._root = root
        self._open: OrderedDict[tuple[str, int, str], _Column] = OrderedDict()

    def read(self, name: str) -> bytes:
        """The bytes of a picture, as the data set holds them.

        Args:
            name: see :func:`reference`.

        Raises:
            Refusal: ``picture_missing`` (no such row, a null, a path without bytes), ``picture_too_large`` or
                ``picture_unreadable`` (a damaged file).
            OSError: the storage fails.
        """
        found = _REFERENCE.fullmatch(name)
        if not found:
            raise Refusal(Reason.PICTURE_MISSING, "names no row of a Parquet file")
        key = found["file"], int(found["group"]), found["column"]
        if key not in self._open:
            while len(self._open) >= _KEPT:
                self._open.popitem(last=False)[1].close()
            self._open[key] = self._unpacked(*key)
        self._open.move_to_end(key)
        return self._open[key].read(int(found["row"]))

    def _unpacked(self, file: str, group: int, name: str) -> _Column:
        try:
            with open_parquet(self._root, file) as table:
                column = _Column(table, group, name)
            pa.default_memory_pool().release_unused()  # else the pages before stay in memory beside those of the next column
            return column
        except UsageError as error:  # gone or damaged since it was planned
            raise Refusal(Reason.PICTURE_UNREADABLE, str(error)) from error


@contextmanager
def open_parquet(root: Root, file: str) -> Iterator[pq.ParquetFile]:
    """A Parquet file below the root, read a piece at a time.

    Raises:
        UsageError: it is missing, or damaged, be it found now or while it is read.
        OSError: the storage fails.
    """
    name = root.full_name(file)
    with root.open(file) as stream, _damage_named(name):
        if stream.read(len(_POINTER)) == _POINTER:
            raise DocumentError(
                "corrupt_parquet", name, "a Git LFS pointer, not the file itself. Run `git lfs pull` there."
            )
        yield pq.ParquetFile(stream, buffer_size=_BUFFER, pre_buffer=False)


def picture_leaf(field: pa.Field, leaf: str = "bytes") -> bool:
    """Whether a column holds pictures (``bytes``), or their names as well (``path``)."""
    kinds = {"bytes": (pa.binary(), pa.large_binary()), "path": (pa.string(), pa.large_string())}[leaf]
    if pa.types.is_struct(field.type):
        at = field.type.get_field_index(leaf)
        return at >= 0 and field.type.field(at).type in kinds
    return leaf == "bytes" and field.type in kinds


class _Column:
    """The pictures of one column in one row group, in a temporary file.

    Raises:
        Refusal: no such row group or column, or too large.
    """

    def __init__(self, table: pq.ParquetFile, group: int, name: str) -> None:
        leaf = _leaf(table, group, name)
        self._ends = array("q", [0])
        self._state = bytearray()
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - kept open
        batches = table.iter_batches(batch_size=1, row_groups=[group], columns=[leaf], use_threads=False)
        try:
            for batch in batches:
                for value in batch.column(0):
                    cell = value.as_py()
                    data = cell.get("bytes") if isinstance(cell, dict) else cell
                    self._state.append(bool(data))
                    self._ends.append(self._ends[-1] + self._file.write(data or b""))
        except BaseException:
            self._file.close()
            raise

    def read(self, row: int) -> bytes:
        """The picture of a row.

        Raises:
            Refusal: no such row, null, without bytes, or too large.
        """
        if row >= len(self._state):
            raise Refusal(Reason.PICTURE_MISSING, f"the row group has {len(self._state)} rows")
        if not self._state[row]:
            raise Refusal(Reason.PICTURE_MISSING, "the row holds no bytes for it")
        size = self._ends[row + 1] - self._ends[row]
        if size > MAX_PICTURE_BYTES:
            raise Refusal(Reason.PICTURE_TOO_LARGE, f"{size:,} bytes, the limit is {MAX_PICTURE_BYTES:,}")
        self._file.seek(self._ends[row])
        return self._file.read(size)

    def close(self) -> None:
        """Give the temporary file back."""
        self._file.close()


def _leaf(table: pq.ParquetFile, group: int, name: str) -> str:
    """What the pixels' bytes are called in the file."""
    schema = table.schema_arrow
    at = schema.get_field_index(name)
    if at < 0 or not picture_leaf(schema.field(at)):
        raise Refusal(Reason.PICTURE_MISSING, f"the file has no column {name!r} with the bytes of pictures")
    if group >= table.metadata.num_row_groups:
        raise Refusal(Reason.PICTURE_MISSING, f"the file has {table.metadata.num_row_groups} row groups")
    leaf = f"{name}.bytes" if pa.types.is_struct(schema.field(at).type) else name
    part = table.metadata.row_group(group)
    sizes = [part.column(i) for i in range(part.num_columns)]
    size = sum(chunk.total_uncompressed_size for chunk in sizes if chunk.path_in_schema == leaf)
    if size > _MOST_BYTES:
        detail = (
            f"{size:,} bytes in one row group, the limit is {_MOST_BYTES:,}: rewrite the file with 100 rows in each"
        )
        raise Refusal(Reason.PICTURE_TOO_LARGE, detail)
    return leaf


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    """Damage as an error that names the file; what the storage raises passes."""
    try:
        yield
    except OSError as error:
        if error.errno not in {None, errno.EINVAL}:  # it asks for a place outside the file
            raise
        raise _damaged(name, error) from error
    except (pa.ArrowException, ValueError, OverflowError, UnicodeDecodeError) as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> DocumentError:
    detail = " ".join(str(error).split())[:200].rstrip(".")
    return DocumentError("corrupt_parquet", name, f"{detail}. Is the download complete?")
