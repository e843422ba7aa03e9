"""Makes an index: cells from a sample, vectors in shards, shards merged. The bytes are the same with any number of threads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ieiw.models.gallery.choice import Choice
from ieiw.models.gallery.library import faiss
from ieiw.triplets.layout.embeddings import Vectors

_SEED = 0


def sample(blocks: Iterable[Vectors], count: int, size: int) -> Vectors:
    """Some of the vectors, chosen by their row alone.

    Args:
        blocks: all vectors, in order.
        count: of them.
        size: how many to take; all where there are no more.
    """
    wanted = np.sort(np.random.default_rng(_SEED).choice(count, min(size, count), replace=False))
    found, start = [], 0
    for block in blocks:
        low, high = np.searchsorted(wanted, (start, start + len(block)))
        found.append(block[wanted[low:high] - start])
        start += len(block)
    return np.concatenate(found)


def train(choice: Choice, vectors: Vectors, file: Path) -> None:
    """Write the empty index whose cells fit a sample (rows, dimension)."""
    library = faiss()
    index = library.index_factory(vectors.shape[1], choice.string, library.METRIC_INNER_PRODUCT)
    index.train(vectors.astype(np.float32))
    library.write_index(index, str(file))


def fill(index_file: Path, blocks: Iterable[Vectors], file: Path) -> None:
    """Write an index with more vectors after those it holds, none if it was just trained."""
    index = read(index_file)
    for block in blocks:
        index.add(block.astype(np.float32))
    faiss().write_index(index, str(file))


def read(file: Path) -> Any:
    """An index, in memory."""
    return faiss().read_index(str(file))


def shard(index: Any, blocks: Iterable[Vectors]) -> bytes:
    """The file of an index of these vectors alone, in the cells of ``index``; what that held before is dropped."""
    index.reset()
    for block in blocks:
        index.add(block.astype(np.float32))
    data: bytes = faiss().serialize_index(index).tobytes()
    return data


def merge(shards: Sequence[Path], file: Path) -> None:
    """Write the shards (at least one) as one index, in their order."""
    library = faiss()
    whole = library.read_index(str(shards[0]))
    for shard in shards[1:]:
        whole.merge_from(library.read_index(str(shard)), whole.ntotal)
    library.write_index(whole, str(file))


def flat(blocks: Iterable[Vectors], dimension: int, file: Path) -> None:
    """Write an index that looks at every vector."""
    library = faiss()
    index = library.IndexFlatIP(dimension)
    for block in blocks:
        index.add(block.astype(np.float32))
    library.write_index(index, str(file))
