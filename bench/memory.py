"""Memory against the size of the data set: ten times the attempts, the same workers.

The C allocator is told to give back what is freed (both builds alike): what it keeps for later, some 20 MB, differs from run to run
by more than a data set does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import yaml

from bench.common import Row
from bench.pictures import recipe, write_phrasecut

_SMALL, _LARGE = 2_500, 25_000  # pictures of four records of two attempts each
_SIZE = (160, 120)
_FRUGAL = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "65536", "ARROW_DEFAULT_MEMORY_POOL": "system"}


def run() -> list[Row]:
    """Peak memory allocated by workers, and of driver and supervisor, sampled some dozen times a second."""
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        here = Path(folder)
        small, few = _build(here, _SMALL)
        large, many = _build(here, _LARGE)
    records = (many - few) // 2  # a removal and an addition of each
    before, after = (peaks["driver"] + peaks["supervisor"] for peaks in (small, large))
    parts = ", ".join(
        f"{role} {small[role] / 1e6:.0f} to {large[role] / 1e6:.0f} MB" for role in ("driver", "supervisor")
    )
    growth = (after - before) / records
    workers = large["worker"] / small["worker"]
    return [
        Row(
            f"peak memory of a worker, {many:,} over {few:,} attempts",
            f"{workers:.2f} x ({large['worker'] / 1e6:.0f} MB against {small['worker'] / 1e6:.0f} MB)",
            "1.1 x (noise)",
            workers <= 1.1,
        ),
        Row(
            f"growth of driver and supervisor together, over {records:,} more records",
            f"{growth:.0f} bytes a record ({parts})",
            "64 bytes a record",
            growth <= 64,
        ),
    ]


def _build(here: Path, pictures: int) -> tuple[dict[str, float], int]:
    root = write_phrasecut(here / f"in-{pictures}" / "VGPhraseCut_v0", pictures, _SIZE)
    light = recipe(root, backend="noop", short_side=32, unit_bytes="1MB")
    file, out = here / f"{pictures}.yaml", here / f"out-{pictures}"
    file.write_text(yaml.safe_dump(light.model_dump(mode="json")))
    command = [sys.executable, "-m", "ieiw.apps.main", "build", str(file), "--out", str(out), "--workers", "2"]
    run = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | _FRUGAL)
    peaks: dict[str, float] = {}
    while run.poll() is None:
        _sample(psutil.Process(run.pid), peaks)
        time.sleep(0.01)
    if run.returncode:
        raise RuntimeError(f"the build failed with exit status {run.returncode}")
    from ieiw.triplets.layout.build_state import require_state
    from ieiw.triplets.storage.store import open_store

    state = require_state(open_store(out))
    return peaks, state.sources["phrasecut"].attempts


def _sample(supervisor: psutil.Process, peaks: dict[str, float]) -> None:
    """Raise the peaks of each role to what its processes use now."""
    try:
        processes = [
            (supervisor, "supervisor"),
            *((child, _role(child)) for child in supervisor.children(recursive=True)),
        ]
        for process, role in processes:
            if role:
                peaks[role] = max(peaks.get(role, 0.0), _anonymous(process.pid))
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return


def _anonymous(pid: int) -> float:
    """Bytes that the process has allocated: resident, without mapped files, whose share other programs change."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("RssAnon:"):
            return float(line.split()[1]) * 1024
    return 0.0  # a zombie has none


def _role(process: psutil.Process) -> str:
    """``driver`` or ``worker``; empty for the shells between them."""
    words = process.cmdline()
    if "python" not in process.name():
        return ""
    return (
        "worker"
        if "sdk_worker_main" in " ".join(words)
        else "driver"
        if "ieiw.pipelines.engine.driver" in words
        else ""
    )
