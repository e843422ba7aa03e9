"""``ieiw doctor``: what this machine has, and what it lacks for the main job."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

_SHOWN = ("apache-beam", "pyarrow", "opencv-python-headless", "torch", "diffusers", "transformers")
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


def examine(place: str = "") -> list[Check]:
    """All checks; with a place, what a build could do there as well, tried with files that are removed again.

    Without one, nothing is written outside the temporary folder.
    """
    import torch

    from ieiw.apps.model_roles import players
    from ieiw.triplets.storage.probe import probe

    free = shutil.disk_usage(Path.cwd()).free
    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "none; everything runs on CPU"
    return [
        Check(
            "Python", sys.version_info >= (3, 11), f"{platform.python_version()} at {sys.executable}", "install 3.11"
        ),
        _packages(),
        _memory(),
        Check("disk here", free > 2e9, f"{free / 1e9:.1f} GB free", "free some, or give --out on another disk"),
        _workers(),
        _painting(),
        Check("GPU", True, gpu),
        *(
            Check(f"to {each.role}", each.good, ": ".join(filter(None, (each.backends, each.weights))), "mend the path")
            for each in players()
        ),
        *(
            Check(f"{place}: {each.name}", each.good, each.found, each.remedy)
            for each in (probe(place) if place else ())
        ),
    ]


def _packages() -> Check:
    """All that setup.py declares."""
    installed = {re.sub(r"[-_.]+", "-", each.name).lower(): each.version for each in importlib.metadata.distributions()}
    needed = [
        re.split(r"[^\w.-]", each)[0] for each in importlib.metadata.requires("ieiw") or () if "extra" not in each
    ]
    missing = [name for name in needed if re.sub(r"[-_.]+", "-", name).lower() not in installed]
    shown = ", ".join(f"{name} {installed.get(name, '-')}" for name in _SHOWN)
    return Check("packages", not missing, shown, f"missing: {', '.join(missing)}; run `make env`")


def _memory() -> Check:
    free, cores = psutil.virtual_memory().available, os.cpu_count() or 1
    workers = max(1, int(free / _MEMORY_PER_WORKER))
    enough = workers >= cores
    return Check("memory", enough, f"{free / 1e9:.1f} GB free, {cores} cores", f"build with --workers {workers}")


def _workers() -> Check:
    """Start Python the way Beam starts a worker, from a folder where it cannot find the code by accident."""
    command = [sys.executable, "-c", "import ieiw.pipelines.engine.beam"]
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
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
