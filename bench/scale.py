"""``python -m bench.scale [COUNT …]``: the figures that docs/scale.md derives its table from, as JSON lines; one thread, CPU time.

Galleries are those of ``bench/gallery_regions.py``: vectors of the descriptor's length, regions with their outlines.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bench.gallery_regions import filling
from bench.gallery_vectors import clusters
from ieiw.models.embed.descriptor import Descriptor
from ieiw.models.gallery.library import faiss
from ieiw.models.gallery.search import Searcher
from ieiw.pipelines.gallery.indexing import Means, make_index
from ieiw.pipelines.gallery.run import build
from ieiw.triplets.layout.gallery import Gallery, open_gallery

_QUERIES = 500
_NEAREST, _NEIGHBOURS = 10, 200
_PROBES = (1, 4, 16, 64, 256)


def made(location: Path, count: int) -> tuple[dict[str, float], npt.NDArray[np.float32]]:
    """Make a gallery: seconds of it all and of its index; and vectors to ask for."""
    vectors = clusters(count + _QUERIES, Descriptor().dimension, "own")
    given = filling(vectors[:count])
    whole = _timed(lambda: build(str(location), given))
    note = open_gallery(str(location))
    index = _timed(lambda: make_index(note.store, note.note.parts, note.note.dimension, Means()))
    return {"index_s": index, "parts_s": whole - index}, vectors[count:].astype(np.float32)


def measured(gallery: Gallery, queries: npt.NDArray[np.float32]) -> dict[str, float | str]:
    """Bytes a region, seconds a query and recall, by the cells that are looked into."""
    note = gallery.note
    exact = np.concatenate([block.astype(np.float32) @ queries.T for block in gallery.vectors()]).T
    wanted = np.argpartition(-exact, _NEAREST, 1)[:, :_NEAREST]
    found: dict[str, float | str] = {
        "count": note.count,
        "index": note.index.string,
        "index_bytes": note.index.file.size / note.count,
        "parts_bytes": sum(part.size for part in note.parts) / note.count,
    }
    for probes in _PROBES:
        gallery.note = note.model_copy(update={"index": note.index.model_copy(update={"nprobe": probes})})
        searcher = Searcher(gallery)
        rows = searcher.search(queries, _NEAREST)[1]
        hits = [len(set(a) & set(b)) / _NEAREST for a, b in zip(rows.tolist(), wanted.tolist(), strict=True)]
        found[f"recall_{probes}"] = float(np.mean(hits))
        searcher.search(queries, _NEIGHBOURS)
        found[f"query_ms_{probes}"] = 1e3 * _timed(partial(searcher.search, queries, _NEIGHBOURS)) / len(queries)
    return found


def _timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main(counts: list[int]) -> None:
    """Print a line for each size."""
    faiss().omp_set_num_threads(1)
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder, threadpool_limits(1):
            seconds, queries = made(Path(folder), count)
            print(json.dumps(measured(open_gallery(folder), queries) | seconds), flush=True)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [100_000, 1_000_000])
