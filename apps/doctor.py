"""``ieiw doctor``: what this machine has, and what it lacks for the main job."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

_PACKAGES = (
    "apache-beam",
    "webdataset",
    "pyarrow",
    "opencv-python-headless",
    "pillow",
    "torch",
    "diffusers",
    "transformers",
)
_MEMORY_PER_WORKER = 0.6e9


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's report; ``remedy`` is said where it is not good."""

    name: str
    good: bool
    found: str
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        """The line as JSON values."""
        return asdict(self)


def examine() -> list[Check]:
    """All checks; none of them writes outside the temporary folder."""
    checks: list[Callable[[], Check]] = [_python, _packages, _memory, _disk, _workers, _painting, _gpu, _lama]
    return [check() for check in checks]


def _python() -> Check:
    version = platform.python_version()
    return Check(
        "Python", sys.version_info >= (3, 11), f"{version} at {sys.executable}", "install Python 3.11 or newer"
    )


def _packages() -> Check:
    found, missing = [], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    return Check("packages", not missing, ", ".join(found), f"missing: {', '.join(missing)}; run `make env`")


def _memory() -> Check:
    free, cores = psutil.virtual_memory().available, os.cpu_count() or 1
    enough = free > _MEMORY_PER_WORKER * cores
    workers = max(1, int(free / _MEMORY_PER_WORKER))
    return Check(
        "memory", enough, f"{free / 1e9:.1f} GB free, {cores} cores", f"build with --workers {min(workers, cores)}"
    )


def _disk() -> Check:
    free = shutil.disk_usage(Path.cwd()).free
    return Check("disk here", free > 2e9, f"{free / 1e9:.1f} GB free", "free some, or give --out on another disk")


def _workers() -> Check:
    """Start Python the way Beam starts a worker, from a folder where it cannot find the code by accident."""
    command = [sys.executable, "-c", "import ieiw.pipelines.engine.beam"]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PYTHONSAFEPATH": "1"}
        run = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    last = (run.stderr.strip().splitlines() or [""])[-1]
    remedy = "workers cannot import the project; install it: `make env` or `pip install -e .`"
    return Check("Beam workers start", run.returncode == 0, "yes" if run.returncode == 0 else last, remedy)


def _painting() -> Check:
    """The embedded inpainter fills a hole in a grey picture with grey."""
    import numpy as np

    from ieiw.models.roles import INPAINT

    picture = np.full((64, 64, 3), 128, np.uint8)
    hole = np.zeros((64, 64), bool)
    hole[20:40, 20:40] = True
    painter = INPAINT.make("classical", {})
    filled = painter.paint([picture], [hole])[0]
    good = bool(np.abs(filled.astype(int) - 128).max() <= 2)
    return Check(
        "embedded inpainter", good, f"{painter.name} (a stand-in)", "OpenCV does not fill a plain hole: reinstall it"
    )


def _gpu() -> Check:
    import torch

    if not torch.cuda.is_available():
        return Check("GPU", True, "none; everything runs on CPU")
    return Check("GPU", True, torch.cuda.get_device_name(0))


def _lama() -> Check:
    path = os.environ.get("LAMA_MODEL", "")
    if not path:
        return Check("LaMa weights", True, "LAMA_MODEL is not set; recipes use the stand-in unless they give a path")
    return Check("LaMa weights", Path(path).is_file(), path, "LAMA_MODEL names no file")
