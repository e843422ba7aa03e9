"""Data sets as Hugging Face hands them out: Parquet files with words and pictures in their rows.

``data/<split>-00000-of-00051-<digest>.parquet``, the files themselves in the root, or ``default/<split>/0000.parquet`` as the site
converts them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NoReturn

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.formats.json_stream import DocumentError
from ieiw.builders.formats.picture_columns import PictureColumns, open_parquet, picture_leaf, reference
from ieiw.triplets.errors import UsageError

_REVISION = re.compile(r"-[0-9a-f]{16}$")
"""What the site appends to a file's name; another upload of the same rows has another one."""
_PARTS = re.compile(r"-of-\d+$")


class ParquetRows:
    """The rows of a split: small columns are kept, pictures are read one by one.

    Rows are numbered from 0 through all files, in the order of the files' names.

    Args:
        root: the data set's folder.
        split: as the files' names begin.
        mark: a column that no other data set has.
    """

    def __init__(self, root: Root, split: str, mark: str) -> None:
        self._root = root
        self._split = split
        self._mark = mark
        self._pictures = PictureColumns(root)

    @cached_property
    def files(self) -> list[str]:
        """The split's files below the root; empty where there are none."""
        for folder, start in (("data/", f"{self._split}-"), ("", f"{self._split}-"), (f"default/{self._split}/", "")):
            names = [name for name in self._root.names(folder.rstrip("/")) if name.endswith(".parquet")]
            if found := [f"{folder}{name}" for name in names if name.startswith(start)]:
                return found
        return []

    def inputs(self) -> list[str]:
        """The files.

        Raises:
            UsageError: they are of two uploads, so that rows would come twice; or of another data set; or the first is damaged.
        """
        if clash := _clash(self.files):
            raise UsageError(
                f"root {self._root.location}: {' and '.join(clash)} are of two uploads. Keep the newer files."
            )
        if self.files and self._mark not in (names := self.names()):
            _lack(self._root.full_name(self.files[0]), self._mark, names)
        return self.files

    def names(self) -> list[str]:
        """Columns of the first file.

        Raises:
            UsageError: it is damaged.
        """
        with open_parquet(self._root, self.files[0]) as table:
            return list(table.schema_arrow.names)

    def table(self, columns: Mapping[str, pa.DataType], pictures: Sequence[str]) -> dict[str, pa.ChunkedArray]:
        """The small columns of all rows; of each column of pictures, ``<name>.path`` as the files tell it, else nulls.

        Args:
            columns: name -> type that its values are wanted in.
            pictures: columns of pictures; their bytes are not read.

        Raises:
            UsageError: a file is damaged, or lacks a column, or holds another type in it.
        """
        found: dict[str, list[pa.ChunkedArray]] = {}
        for file in self.inputs():
            with open_parquet(self._root, file) as table:
                schema = table.schema_arrow
                name = self._root.full_name(file)
                _check(schema, name, [*columns, *pictures], pictures)
                named = [picture for picture in pictures if picture_leaf(schema.field(picture), "path")]
                wanted = [*columns, *(f"{picture}.path" for picture in named)]
                part = table.read(columns=wanted, use_threads=False)
                part.validate(full=True)  # its text may be none
            for column, kind in columns.items():
                try:
                    found.setdefault(column, []).append(part[column].cast(kind))
                except pa.ArrowException as error:
                    detail = f"column `{column}` holds {part[column].type}, not {kind}"
                    raise DocumentError("wrong_schema", name, detail) from error
            for picture in pictures:
                paths = pc.struct_field(part[picture], "path").cast(pa.string()) if picture in named else None
                nulls = pa.chunked_array([pa.nulls(len(part), pa.string())])
                found.setdefault(f"{picture}.path", []).append(nulls if paths is None else paths)
        return {
            name: pa.chunked_array([chunk for part in parts for chunk in part.chunks], parts[0].type)
            for name, parts in found.items()
        }

    @property
    def count(self) -> int:
        """Rows of all files."""
        return self._starts[2][-1]

    def blocks(self, rows: npt.NDArray[np.int64]) -> list[range]:
        """Neighbours that are planned together, so that a unit unpacks a row group once, not once for each of its pictures.

        Args:
            rows: the first row of each group of rows, ascending.

        Returns:
            The positions in ``rows`` that begin in one row group, for each row group.
        """
        owner = np.searchsorted(self._starts[0], rows, side="right")
        cuts = [0, *(np.flatnonzero(np.diff(owner)) + 1).tolist(), len(rows)]
        return [range(first, end) for first, end in pairwise(cuts) if first < end]

    def place(self, row: int) -> str:
        """Which row it is, whatever revision of the files is there: ``train-00000-of-00051:17``, from 0 within the file."""
        file, _, _, within = self._address(row)
        return f"{_stem(file).rpartition('/')[2]}:{within}"

    def reference(self, row: int, column: str) -> str:
        """How a record names the picture of a row."""
        file, group, at, _ = self._address(row)
        return reference(file, group, at, column)

    def read(self, name: str) -> bytes:
        """The picture that a reference names. Raises as :meth:`PictureColumns.read`."""
        return self._pictures.read(name)

    @cached_property
    def _starts(self) -> tuple[npt.NDArray[np.int64], list[tuple[int, int]], list[int]]:
        """First row of each row group, its (file, group), and the first row of each file with the end of the last."""
        starts, groups, firsts, row = [], [], [], 0
        for number, file in enumerate(self.files):
            firsts.append(row)
            with open_parquet(self._root, file) as table:
                for group in range(table.metadata.num_row_groups):
                    starts.append(row)
                    groups.append((number, group))
                    row += table.metadata.row_group(group).num_rows
        return np.asarray(starts, np.int64), groups, [*firsts, row]

    def _address(self, row: int) -> tuple[str, int, int, int]:
        """File, row group, row within the group, row within the file."""
        starts, groups, firsts = self._starts
        at = int(np.searchsorted(starts, row, side="right")) - 1
        file, group = groups[at]
        return self.files[file], group, row - int(starts[at]), row - firsts[file]


def _clash(files: Sequence[str]) -> tuple[str, str] | None:
    """Two files that cannot be of one upload: the same part twice, or parts of another number of parts."""
    first_of: dict[str, str] = {}
    counted = ""
    for file in files:
        first, parts = first_of.setdefault(_stem(file), file), _PARTS.search(_stem(file))
        if first != file:
            return first, file
        counted = counted or (file if parts else "")
        if parts and not _stem(counted).endswith(parts[0]):
            return counted, file
    return None


def _stem(file: str) -> str:
    return _REVISION.sub("", file.removesuffix(".parquet"))


def _check(schema: pa.Schema, name: str, columns: Sequence[str], pictures: Sequence[str]) -> None:
    for column in columns:
        at = schema.get_field_index(column)
        if at < 0:
            _lack(name, column, schema.names)
        if column in pictures and not picture_leaf(schema.field(at)):
            detail = f"column `{column}` holds {schema.field(at).type}, not the bytes of pictures"
            raise DocumentError("wrong_schema", name, f"{detail}. Save the data set with its pictures embedded.")


def _lack(name: str, column: str, columns: Sequence[str]) -> NoReturn:
    detail = f"no column `{column}`; it has {', '.join(columns)}"
    raise DocumentError("wrong_schema", name, f"{detail}. Is it this data set's file?")
