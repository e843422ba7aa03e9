"""Pairs of embeddings whose cosine is high: looked for by FAISS, among the vectors of the nearest cells where there are many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float16]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
_EXACT_UP_TO = 50_000
"""So many vectors are compared each with each."""
_CELLS_PER_ROOT = 4
_PROBED = 8
_TRAINED_PER_CELL = 40
_AT_ONCE = 4_096


def near_vector_pairs(vectors: Vectors, least: float) -> tuple[Ints, Ints, Floats]:
    """Pairs of different rows whose cosine is at least ``least``.

    Up to 50,000 vectors all pairs are found. Above, each is compared with those of the eight nearest of many cells; pairs as
    close as duplicates are (0.9 and more) hardly ever lie further apart.

    Args:
        vectors: (n, dimension), each of length 1 or zero; rows that are not finite are near nothing.
        least: 0..1.

    Returns:
        First and second row of each pair, first < second, sorted, and their cosines.
    """
    sound = np.flatnonzero(np.isfinite(vectors).all(1)) if len(vectors) else np.empty(0, np.int64)
    first, second, cosines = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, np.float32)]
    for queries, found, near in _found(vectors[sound], least):
        kept = queries < found
        first.append(sound[queries[kept]])
        second.append(sound[found[kept]])
        cosines.append(near[kept])
    one, other, values = np.concatenate(first), np.concatenate(second), np.concatenate(cosines)
    order = np.lexsort((other, one))
    return one[order], other[order], values[order]


def _found(vectors: Vectors, least: float) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Rows, rows near them, and their cosines, both ways round."""
    if not len(vectors):
        return
    index = _index(vectors)
    for start in range(0, len(vectors), _AT_ONCE):
        # Half a step below: FAISS says "above", and float16 is coarse.
        limits, near, rows = index.range_search(vectors[start : start + _AT_ONCE].astype(np.float32), least - 1e-6)
        queries = np.repeat(np.arange(start, start + len(limits) - 1), np.diff(limits.astype(np.int64)))
        yield queries, rows.astype(np.int64), near


def _index(vectors: Vectors) -> Any:
    from ieiw.models.gallery.library import faiss

    library = faiss()
    count, dimension = vectors.shape
    if count <= _EXACT_UP_TO:
        flat = library.IndexFlatIP(dimension)
        flat.add(vectors.astype(np.float32))
        return flat
    cells = int(_CELLS_PER_ROOT * np.sqrt(count))
    index = library.index_factory(dimension, f"IVF{cells},SQfp16", library.METRIC_INNER_PRODUCT)
    sample = np.random.default_rng(0).choice(count, min(count, cells * _TRAINED_PER_CELL), replace=False)
    index.train(vectors[np.sort(sample)].astype(np.float32))
    for start in range(0, count, _EXACT_UP_TO):
        index.add(vectors[start : start + _EXACT_UP_TO].astype(np.float32))
    index.nprobe = _PROBED
    return index
