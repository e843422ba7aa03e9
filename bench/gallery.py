"""Galleries: GIQA against the reference's brute force, the index against FAISS Flat, memory of several readers, adding.

All on two threads, on vectors of ``bench/gallery_vectors.py``; the cosines of first and tenth neighbour tell how hard each set is.
Queries are of the same clusters, outside the gallery. The reference's form repeats the query to the gallery's length and takes
torch's pairwise L1 distance; it is run on a few queries and scaled.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bench.common import Row, here
from bench.gallery_vectors import Noise, clusters
from ieiw.filters.scores.giqa import inverse
from ieiw.models.gallery.distances import nearest, nearest_listed
from ieiw.models.gallery.library import faiss
from ieiw.models.gallery.search import Searcher
from ieiw.pipelines.gallery.run import add, build
from ieiw.pipelines.gallery.sources import Filling
from ieiw.triplets.layout.embeddings import Vectors, vector_table
from ieiw.triplets.layout.gallery import Gallery, open_gallery

_QUERIES = 1_000
_REFERENCE_QUERIES = 5
_THREADS = 2
_READERS = 4
_READER = """
import sys
import numpy as np
from ieiw.models.gallery.search import Searcher
from ieiw.triplets.layout.gallery import open_gallery
searcher = Searcher(open_gallery(sys.argv[1]))
count = searcher.gallery.note.count
for start in range(0, count, 4096):  # all vectors that a short list may hold
    searcher.vectors(np.arange(start, min(start + 4096, count)))
searcher.search(searcher.vectors(np.arange(0, count, 1_000)), 10)
print("ready", flush=True)
sys.stdin.read()
"""


def filling(vectors: Vectors, first: int = 0) -> Filling:
    """The vectors, numbered from ``first``."""

    def tables() -> Iterator[pa.Table]:
        for start in range(0, len(vectors), 8_192):
            some = vectors[start : start + 8_192]
            yield vector_table([str(first + start + at) for at in range(len(some))], some)

    return Filling({"embedder": "descriptor"}, True, vectors.shape[1], f"bench {first}", tables)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def giqa(folder: Path, count: int = 100_000, dimension: int = 2_048) -> list[Row]:
    """KNN-GIQA with one neighbour, in the reference's form, exact, and by a short list."""
    from scipy.stats import spearmanr

    vectors = clusters(count + _QUERIES, dimension, "own", seed=1)
    made = str(folder / "giqa")
    build(made, filling(vectors[:count]))
    gallery, queries = open_gallery(made), vectors[count:].astype(np.float32)
    theirs, expected = _reference(vectors[:count], queries)
    found: list[npt.NDArray[Any]] = []
    exact = _timed(lambda: found.append(nearest(gallery.vectors(), queries, 1)))
    searcher = Searcher(gallery)
    quick = _timed(lambda: found.append(nearest_listed(searcher, queries, 1)))
    scores, listed = (inverse(each, 1e-6 * dimension) for each in found)
    apart = float(np.abs(scores[:_REFERENCE_QUERIES] / expected - 1).max())
    rank = float(spearmanr(scores, listed).statistic)
    what = f"KNN-GIQA, {count:,} x {dimension:,}, {_QUERIES:,} queries"
    times, listed_times = theirs / exact, theirs / quick
    return [
        Row(
            f"{what}: exact L1",
            f"{times:.0f} x the reference ({exact:.1f} s against {theirs:,.0f} s)",
            "50 x",
            times >= 50,
        ),
        Row(f"{what}: difference of scores", f"at most {apart:.0e} of the score", "1e-3", apart <= 1e-3),
        Row(
            f"{what}: by a short list",
            f"{listed_times:,.0f} x the reference ({quick:.2f} s)",
            "300 x",
            listed_times >= 300,
        ),
        Row(f"{what}: rank correlation of that", f"{rank:.4f}", "0.99", rank >= 0.99),
    ]


def _reference(vectors: Vectors, queries: npt.NDArray[np.float32]) -> tuple[float, npt.NDArray[np.float64]]:
    """Seconds for all queries, and the scores of the first few, which were run."""
    import torch

    torch.set_num_threads(_THREADS)
    values = torch.from_numpy(vectors.astype(np.float32))
    scores = []
    started = time.perf_counter()
    for query in queries[:_REFERENCE_QUERIES]:
        repeated = torch.from_numpy(query)[None].repeat(len(values), 1)
        distances = torch.nn.functional.pairwise_distance(repeated, values, p=1)
        scores.append(1 / float(torch.topk(distances, 1, largest=False).values[0]))
    return (time.perf_counter() - started) / _REFERENCE_QUERIES * len(queries), np.array(scores)


def search(folder: Path, count: int, noise: Noise, dimension: int = 768) -> list[Row]:
    """Search against Flat, and what else a large gallery must keep."""
    library = faiss()
    vectors = clusters(count + count // 10 + _QUERIES, dimension, noise)
    queries = vectors[-_QUERIES:].astype(np.float32)
    flat: Any = library.IndexFlatIP(dimension)
    for start in range(0, count, 65_536):
        flat.add(vectors[start : min(start + 65_536, count)].astype(np.float32))
    near, expected, flat_batch, flat_one = _searched(flat.search, queries)
    flat.reset()
    made = str(folder / noise)
    building = _timed(lambda: build(made, filling(vectors[:count])))
    gallery = open_gallery(made)
    _, found, batch, one = _searched(Searcher(gallery).search, queries)
    recall = float(np.mean([len(set(a) & set(b)) / 10 for a, b in zip(expected, found, strict=True)]))
    cosines = f"cosine of the first neighbour {near[:, 0].mean():.2f}, of the tenth {near[:, 9].mean():.2f}"
    what, bar = f"{count:,} x {dimension}, {noise} noise axes", noise == "own"
    batches, ones = flat_batch / batch, flat_one / one
    rows = [
        Row(
            f"{what}: recall@10",
            f"{recall:.3f} by {gallery.note.index.string} ({cosines})",
            *_limit("0.95", recall >= 0.95, bar),
        ),
        Row(
            f"{what}: {_QUERIES:,} queries at once",
            f"{batches:.0f} x Flat ({batch:.2f} s against {flat_batch:.1f} s)",
            *_limit("10 x", batches >= 10, bar),
        ),
        Row(
            f"{what}: one by one",
            f"{ones:.0f} x Flat ({one * 1e3:.1f} ms against {flat_one * 1e3:.0f} ms)",
            *_limit("50 x", ones >= 50, bar),
        ),
    ]
    return rows + (_upkeep(gallery, vectors[count:-_QUERIES], building, what) if bar else [])


def _limit(limit: str, good: bool, bar: bool) -> tuple[str, bool]:
    return (limit, good) if bar else ("none: stated", True)


def _searched(find: Any, queries: npt.NDArray[np.float32]) -> tuple[Any, Any, float, float]:
    """Neighbours, seconds for all queries at once, and for one by itself; the index's pages are in memory."""
    near, rows = find(queries, 10)
    batch = _timed(lambda: find(queries, 10))
    some = queries[:20]
    return near, rows, batch, _timed(lambda: [find(some[at : at + 1], 10) for at in range(len(some))]) / len(some)


def _upkeep(gallery: Gallery, more: Vectors, building: float, what: str) -> list[Row]:
    """What a large gallery costs its readers, and who adds to it."""
    note, made = gallery.note, gallery.store.location
    a_vector = note.index.file.size / note.count
    parts = sum(part.size for part in note.parts) / note.count
    mapped, whole, size = _shared(made)
    adding = _timed(lambda: add(made, filling(more, note.count)))
    share = adding / building
    return [
        Row(f"{what}: bytes a vector", f"{a_vector:,.0f} in the index, {parts:,.0f} in the parts", "stated", True),
        Row(
            f"{what}: {_READERS} readers over one, memory of what is mapped",
            f"{mapped:.2f} x of {size / 1e6:,.0f} MB (with Python and libraries {whole:.2f} x)",
            "1.2 x",
            mapped <= 1.2,
        ),
        Row(
            f"{what}: adding {len(more):,}",
            f"{share:.0%} of building ({adding:.0f} s against {building:.0f} s)",
            "15 %",
            share <= 0.15,
        ),
    ]


def _shared(made: str) -> tuple[float, float, float]:
    """Memory of several readers over that of one: of the gallery, of whole processes; and bytes of the gallery in one."""
    alone = _readers(made, 1)
    together = _readers(made, _READERS)
    return together[0] / alone[0], together[1] / alone[1], alone[0]


def _readers(made: str, count: int) -> tuple[float, float]:
    command = [sys.executable, "-c", _READER, made]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=here()) for _ in range(count)
    ]
    try:
        for each in started:
            assert each.stdout and each.stdout.readline() == b"ready\n"
        held = [_proportional(each.pid, made) for each in started]
    finally:
        for each in started:
            each.communicate()
    return sum(one for one, _ in held), sum(whole for _, whole in held)


def _proportional(process: int, folder: str) -> tuple[float, float]:
    """Bytes of a process's share of the files of a folder, and of all its memory."""
    of_file = whole = 0.0
    inside = False
    for line in Path(f"/proc/{process}/smaps").read_text(encoding="utf-8").splitlines():
        head = line.split()
        if not head[0].endswith(":"):
            inside = head[-1].startswith(folder)
        elif head[0] == "Pss:":
            whole += int(head[1]) * 1024
            of_file += int(head[1]) * 1024 * inside
    return of_file, whole


def run(count: int = 1_000_000) -> list[Row]:
    """All of it."""
    faiss().omp_set_num_threads(_THREADS)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        rows += giqa(Path(folder))
        rows += search(Path(folder), count, "own")
        rows += search(Path(folder), count, "shared")
    return rows
