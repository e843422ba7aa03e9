"""Searches a gallery: index and vectors are mapped, so any number of processes share one copy in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.models.gallery.library import faiss
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.gallery import Gallery
from ieiw.triplets.layout.gallery_vectors import MappedVectors

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
_TOGETHER = 64
"""Queries whose short lists are in memory at once."""


class Searcher:
    """Finds the nearest vectors of one gallery.

    Args:
        gallery: to search.

    Raises:
        UsageError: the index is cut short, missing, damaged, or not the one of these vectors; or FAISS is not installed.
    """

    def __init__(self, gallery: Gallery) -> None:
        self.gallery = gallery
        library, file, note = faiss(), gallery.index_file, gallery.note
        remedy = "Bring the file back, or build the gallery anew"
        if not file.is_file() or file.stat().st_size != note.index.file.size:
            found = f"{file.stat().st_size:,} bytes" if file.is_file() else "missing"
            raise UsageError(f"{file}: {found}, not {note.index.file.size:,} bytes. {remedy}")
        try:
            # IO_FLAG_MMAP alone would map inverted lists only.
            self._index = library.read_index(str(file), library.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise UsageError(f"{file}: no index that FAISS can read ({str(error)[-200:]}). {remedy}") from error
        if (self._index.d, self._index.ntotal) != (note.dimension, note.count):
            raise UsageError(
                f"{file}: an index of {self._index.ntotal:,} vectors of length {self._index.d}, not of {note.count:,} of length "
                f"{note.dimension}. {remedy}"
            )
        self._vectors = MappedVectors(gallery)

    def search(self, queries: npt.NDArray[Any], k: int, leave_out: Rows | None = None) -> tuple[Floats, Rows]:
        """The nearest vectors of each query, the nearest first.

        Args:
            queries: (n, dimension), of length 1.
            k: how many, from 1.
            leave_out: (n,) a row that is no answer to this query, such as its own; -1 for none.

        Returns:
            (n, k) scalar products, and (n, k) rows of the gallery.

        Raises:
            UsageError: another dimension, or the gallery holds fewer than ``k``.
            ValueError: values that are not finite.
        """
        asked = self._checked(queries, k, spare=leave_out is not None)
        near, rows = self._found(asked, k + (leave_out is not None))
        if leave_out is None:
            return near, rows
        own = rows == leave_out[:, None]
        own[~own.any(1), -1] = True  # not among them: the last one goes
        return near[~own].reshape(-1, k), rows[~own].reshape(-1, k)

    def vectors(self, rows: Rows) -> Floats:
        """(rows, dimension), as the gallery holds them."""
        return self._vectors.take(rows)

    def _checked(self, queries: npt.NDArray[Any], k: int, spare: bool) -> Floats:
        note, where = self.gallery.note, self.gallery.store.location
        if queries.ndim != 2 or queries.shape[1] != note.dimension:
            raise UsageError(
                f"{where}: holds vectors of length {note.dimension}; those asked for have shape {queries.shape}"
            )
        if k < 1 or k + spare > note.count:
            beside = " beside the one asked for" if spare else ""
            raise UsageError(
                f"{where}: {k} neighbours are asked for, and it holds {note.count - spare:,} vectors{beside}"
            )
        asked = np.ascontiguousarray(queries, np.float32)
        if not np.isfinite(asked).all():
            raise ValueError("vectors that are not finite have no neighbours")
        return asked

    def _found(self, asked: Floats, k: int) -> tuple[Floats, Rows]:
        note = self.gallery.note
        if not note.index.k_factor:
            near, rows = self._index.search(asked, k)
            return near, rows
        listed = self._listed(asked, min(note.count, k * note.index.k_factor), note.index.nprobe)
        short = (listed >= 0).sum(1) < k  # the cells looked at hold fewer
        if short.any():
            listed[short] = self._listed(asked[short], listed.shape[1], self._index.nlist)
        near = self._products(asked, listed)
        order = np.argsort(-near, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(near, order, 1), np.take_along_axis(listed, order, 1)

    def _listed(self, asked: Floats, count: int, cells: int) -> Rows:
        """The short list, rising, so that no order of cells shows; -1 where there are fewer."""
        rows: Rows = self._index.search(asked, count, params=faiss().SearchParametersIVF(nprobe=cells))[1]
        rows.sort(1)
        return rows

    def _products(self, asked: Floats, rows: Rows) -> Floats:
        """(n, m): exact scalar products with some rows (n, m); none with -1."""
        found = np.full(rows.shape, -np.inf, np.float32)
        for low in range(0, len(asked), _TOGETHER):
            part = slice(low, low + _TOGETHER)
            there = rows[part] >= 0
            vectors = np.zeros((*there.shape, asked.shape[1]), np.float32)
            vectors[there] = self.vectors(rows[part][there])
            found[part][there] = np.einsum("nmd,nd->nm", vectors, asked[part])[there]
        return found
