"""Searches a gallery: the index is mapped, so any number of processes share one copy in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.models.gallery.library import faiss
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.gallery import Gallery

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


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
        self._refines = isinstance(self._index, library.IndexRefine)

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
        """(rows, dimension), out of the index."""
        exact = faiss().downcast_index(self._index.refine_index) if self._refines else self._index
        found: Floats = exact.reconstruct_batch(np.ascontiguousarray(rows, np.int64))
        return found

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
        near, rows = self._index.search(asked, k)
        short = (rows < 0).any(1)  # the cells looked at hold fewer
        if short.any():
            library = faiss()
            everywhere = library.SearchParametersIVF(nprobe=library.downcast_index(self._index.base_index).nlist)
            wide = library.IndexRefineSearchParameters(k_factor=self._index.k_factor, base_index_params=everywhere)
            near[short], rows[short] = self._index.search(asked[short], k, params=wide)
        return near, rows
