"""A finished build again: nothing is written, and it takes hardly longer than reading the commit marks."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from bench.common import Row
from bench.pictures import recipe, write_phrasecut
from ieiw.pipelines.build.run import Options, build
from ieiw.triplets.layout.marks import committed, mark_of
from ieiw.triplets.storage.store import open_store

_RUNS = 5


def run() -> list[Row]:
    """Some hundred units, built, and then asked for again from the command line."""
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        here = Path(folder)
        light = recipe(write_phrasecut(here / "VGPhraseCut_v0", 500), backend="noop", short_side=32, unit_bytes="20KB")
        build(light, here / "out", Options(workers=4))
        (here / "recipe.yaml").write_text(yaml.safe_dump(light.model_dump(mode="json")))
        before = _snapshot(here / "out")
        again = [sys.executable, "-m", "ieiw.apps.main", "build", str(here / "recipe.yaml"), "--out", str(here / "out")]
        seconds = _best(again)
        after = _snapshot(here / "out")
        store = open_store(here / "out")
        started = time.perf_counter()
        marks = committed(store)
        for name in marks:
            mark_of(store, name)
        marks_s = time.perf_counter() - started
        help_s = _best([sys.executable, "-m", "ieiw.apps.main", "--help"])
    return [
        Row(
            "files written by a second run of a finished build",
            "0" if before == after else "some",
            "0",
            before == after,
        ),
        Row(
            f"its time, {len(marks)} units",
            f"{seconds:.2f} s (reading all commit marks: {marks_s:.2f} s)",
            "2 s + reading marks",
            seconds <= 2 + marks_s,
        ),
        Row("ieiw --help", f"{help_s:.2f} s", "1 s", help_s < 1),
    ]


def _best(command: list[str]) -> float:
    """Seconds of the fastest of some runs: other programs can only make it slower."""
    seconds = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def _snapshot(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Every file and folder with its time of change, inode and size."""
    found = {}
    for path in [folder, *folder.rglob("*")]:
        status = path.stat()
        found[str(path)] = (status.st_mtime_ns, status.st_ino, status.st_size)
    return found
