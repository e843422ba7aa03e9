"""Beam's four workers against ``multiprocessing.Pool(4)`` on the same units, start-up apart."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from pathlib import Path

from bench.common import Row
from bench.pictures import recipe, write_phrasecut
from pipelines.build import Options, build
from pipelines.plan_files import UnitRef
from pipelines.prepare import prepare
from pipelines.worker import UnitBuilder
from triplets.storage import Store, open_store

WORKERS = 4
_PICTURES, _VARIANTS, _ATTEMPTS = 250, 10, 20_000
_builder: UnitBuilder | None = None


def run() -> list[Row]:
    """Both in one run, on the same recipe; throughput is taken from the commit marks' times."""
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        here = Path(folder)
        light = recipe(
            write_phrasecut(here / "VGPhraseCut_v0", _PICTURES),
            backend="noop",
            short_side=64,
            unit_bytes="1MB",
            variants=_VARIANTS,
        )
        started = time.perf_counter()
        build(light, here / "beam", Options(workers=WORKERS))
        beam_s = time.perf_counter() - started
        store = open_store(here / "pool")
        refs = list(prepare(store, light).refs())
        started = time.perf_counter()
        with multiprocessing.get_context("spawn").Pool(WORKERS, _begin, (store.location,)) as pool:
            pool.map(_work, refs, chunksize=max(1, len(refs) // WORKERS))
        pool_s = time.perf_counter() - started
        beam, attempts = _rate(open_store(here / "beam"))
        peer, _ = _rate(store)
    return [
        Row(
            f"throughput after start-up, {WORKERS} workers on Beam over Pool({WORKERS}), {attempts:,} light attempts, "
            f"{len(refs)} units",
            f"{beam / peer:.2f} x ({beam:,.0f}/s against {peer:,.0f}/s; whole runs {beam_s:.1f} s and {pool_s:.1f} s)",
            "0.9 x",
            beam / peer >= 0.9,
        )
    ]


def _begin(location: str) -> None:
    import cv2

    cv2.setNumThreads(1)
    global _builder
    _builder = UnitBuilder(location)


def _work(ref: UnitRef) -> None:
    assert _builder is not None
    _builder.build(ref)


def _rate(store: Store) -> tuple[float, int]:
    """Attempts a second between the time when every worker had finished a unit and the last commit mark."""
    from pipelines.marks import mark_of

    assert store.local is not None
    marks = sorted((store.local / "rows").glob("*.parquet"), key=lambda file: file.stat().st_mtime_ns)
    times = [file.stat().st_mtime_ns / 1e9 for file in marks]
    counts = [mark_of(store, f"rows/{file.name}").attempts for file in marks]
    first = WORKERS - 1
    return sum(counts[first + 1 :]) / (times[-1] - times[first]), sum(counts)
