"""Distances to the nearest vectors: exact L1 by looking at all, in blocks that stay in a core's cache; or among a short list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.models.gallery.library import faiss
from ieiw.models.gallery.search import Floats, Rows, Searcher

_CACHE_BYTES = 2**20
_QUERIES = 1_024
_TOGETHER = 64
SHORT_LIST = 32
"""Vectors nearest by their scalar product, among which the nearest by L1 are looked for."""


def nearest(blocks: Iterable[npt.NDArray[Any]], queries: Floats, k: int, leave_out: Rows | None = None) -> Floats:
    """Distances to the ``k`` nearest of all vectors.

    Args:
        blocks: all vectors (some rows, dimension), in order; at least ``k``, and one more where rows are left out.
        queries: (n, dimension).
        k: how many, from 1.
        leave_out: (n,) a row that does not count for this query; -1 for none.

    Returns:
        (n, k) sums of absolute differences, rising.
    """
    library = faiss()
    best = np.full((len(queries), k), np.inf, np.float32)
    step = max(16, _CACHE_BYTES // (4 * queries.shape[1]))
    start = 0
    for block in blocks:
        rows = np.ascontiguousarray(block, np.float32)
        for first in range(0, len(rows), step):
            some = rows[first : first + step]
            for low in range(0, len(queries), _QUERIES):
                part = slice(low, low + _QUERIES)
                found = library.pairwise_distances(queries[part], some, library.METRIC_L1)
                if leave_out is not None:
                    own = leave_out[part] - (start + first)
                    mine = np.flatnonzero((own >= 0) & (own < len(some)))
                    found[mine, own[mine]] = np.inf
                best[part] = _least(best[part], found)
        start += len(rows)
    best.sort(1)
    return best


def _least(best: Floats, found: Floats) -> Floats:
    """The ``k`` least of both."""
    if best.shape[1] == 1:
        nearer: Floats = np.minimum(best, found.min(1, keepdims=True))
        return nearer
    k = best.shape[1]
    least: Floats = np.partition(np.concatenate([best, found], 1), k - 1, 1)[:, :k]
    return least


def nearest_listed(searcher: Searcher, queries: Floats, k: int, leave_out: Rows | None = None) -> Floats:
    """As :func:`nearest`, among the vectors that a search finds: quick, and seldom another one.

    Raises:
        UsageError: see :meth:`~ieiw.models.gallery.search.Searcher.search`.
    """
    spare = searcher.gallery.note.count - (leave_out is not None)
    _, rows = searcher.search(queries, max(k, min(spare, max(SHORT_LIST, 4 * k))), leave_out)
    best = distances(searcher, queries, rows, 1)
    best.sort(1)
    return best[:, :k]


def distances(searcher: Searcher, queries: Floats, rows: Rows, norm: int) -> Floats:
    """(n, m): L1 or L2 distance (``norm``) of each query (n, dimension) to some rows (n, m) of the gallery."""
    found = np.empty(rows.shape, np.float32)
    for low in range(0, len(queries), _TOGETHER):
        part = slice(low, low + _TOGETHER)
        vectors = searcher.vectors(rows[part].ravel()).reshape(*rows[part].shape, -1)
        found[part] = np.linalg.norm(vectors - queries[part, None], norm, axis=2)
    return found
