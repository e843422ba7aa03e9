"""Memory against the size of the data set: ten times the attempts, the same workers."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import yaml

from bench.common import Row
from bench.pictures import recipe, write_phrasecut

_PICTURES = 250
_SMALL, _LARGE = 10, 100  # variants; about 20,000 and 200,000 attempts


def run() -> list[Row]:
    """Peak unique memory of workers, and of driver and supervisor, sampled ten times a second."""
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        here = Path(folder)
        root = write_phrasecut(here / "VGPhraseCut_v0", _PICTURES)
        small, few = _build(root, here, _SMALL)
        large, many = _build(root, here, _LARGE)
    growth = (large["others"] - small["others"]) / (many - few)
    workers = large["worker"] / small["worker"]
    return [
        Row(
            f"peak memory of a worker, {many:,} over {few:,} attempts",
            f"{workers:.2f} x ({large['worker'] / 1e6:.0f} MB against {small['worker'] / 1e6:.0f} MB)",
            "1.1 x (noise)",
            workers <= 1.1,
        ),
        Row("growth of driver and supervisor together", f"{growth:.0f} bytes an attempt", "64", growth <= 64),
    ]


def _build(root: Path, here: Path, variants: int) -> tuple[dict[str, float], int]:
    light = recipe(root, backend="noop", short_side=32, unit_bytes="1MB", variants=variants)
    file, out = here / f"{variants}.yaml", here / f"out-{variants}"
    file.write_text(yaml.safe_dump(light.model_dump(mode="json")))
    command = [sys.executable, "-m", "apps.main", "build", str(file), "--out", str(out), "--workers", "2"]
    run = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    peaks = {"worker": 0.0, "others": 0.0}
    while run.poll() is None:
        _sample(psutil.Process(run.pid), peaks)
        time.sleep(0.1)
    if run.returncode:
        raise RuntimeError(f"the build failed with exit status {run.returncode}")
    from pipelines.state import require_state
    from triplets.storage import open_store

    state = require_state(open_store(out))
    return peaks, state.sources["phrasecut"].attempts


def _sample(supervisor: psutil.Process, peaks: dict[str, float]) -> None:
    others = 0.0
    try:
        for process in [supervisor, *supervisor.children(recursive=True)]:
            used = process.memory_full_info().uss
            if "sdk_worker_main" in " ".join(process.cmdline()) and "python" in process.name():
                peaks["worker"] = max(peaks["worker"], used)
            else:
                others += used
    except psutil.NoSuchProcess:
        return
    peaks["others"] = max(peaks["others"], others)
