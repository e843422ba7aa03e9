"""The vectors of a gallery by row, out of memory that all its readers share."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.embeddings import Vectors
from ieiw.triplets.layout.gallery import Gallery

_LONGEST_HEADER = 1_024
"""Bytes before the values of a page; more of them would mean that there is another page."""


class MappedVectors:
    """Maps the parts of a gallery. A row group holds its vectors in one page, as they are: they need no reader of Parquet.

    Args:
        gallery: whose parts they are.

    Raises:
        UsageError: a part is missing, damaged, or written by something else.
    """

    def __init__(self, gallery: Gallery) -> None:
        self._dimension = gallery.note.dimension
        self._blocks: list[Vectors] = []
        for part in gallery.note.parts:
            path = Path(gallery.store.location) / part.name
            try:
                blocks = list(_blocks(path, self._dimension))
            except (OSError, ValueError, pa.ArrowException) as error:
                raise UsageError(f"{path}: {error}. Build the gallery anew, into a folder of its own") from error
            self._blocks += blocks
        self._ends = np.cumsum([len(block) for block in self._blocks])

    def take(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """(rows, dimension), in the order asked for; each row is from 0 and below the number of vectors."""
        order = np.argsort(rows, kind="stable")
        rising = rows[order]
        found = np.empty((len(rows), self._dimension), np.float32)
        for number in np.unique(np.searchsorted(self._ends, rising, side="right")).tolist():
            end = self._ends[number]
            start = end - len(self._blocks[number])
            low, high = np.searchsorted(rising, (start, end))
            found[order[low:high]] = self._blocks[number][rising[low:high] - start]
        return found


def _blocks(path: Path, dimension: int) -> list[Vectors]:
    """The vectors of each row group, where they lie."""
    footer = pq.read_metadata(path)
    column = footer.schema.names.index("vector")
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    blocks = []
    for group in range(footer.num_row_groups):
        rows, chunk = footer.row_group(group).num_rows, footer.row_group(group).column(column)
        header = chunk.total_compressed_size - rows * dimension * 2
        if not 0 < header < _LONGEST_HEADER:
            raise ValueError(f"its vectors are not of length {dimension}, one after another")
        blocks.append(np.ndarray((rows, dimension), np.float16, mapped, chunk.data_page_offset + header))
    return blocks
