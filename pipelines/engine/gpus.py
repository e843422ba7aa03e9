"""Several worker processes on a machine with several GPUs: each is shown one that no other holds."""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path
from typing import IO

VISIBLE = "CUDA_VISIBLE_DEVICES"
_held: list[IO[bytes]] = []
"""Locks of this process; let go when it ends, however it ends."""


def claim_gpu(devices: Path = Path("/dev"), locks: Path | None = None) -> str:
    """Show this process the first GPU that is free. Called before CUDA starts; where there is one GPU or none, nothing happens.

    Args:
        devices: where the system lists GPUs.
        locks: folder of the locks; the one for temporary files if not given.

    Returns:
        What CUDA_VISIBLE_DEVICES is now; empty where it was left alone. Where all are held, several processes share them all.
    """
    if _held:
        return os.environ.get(VISIBLE, "")
    listed = os.environ.get(VISIBLE)
    names = listed.split(",") if listed else sorted(file.name[6:] for file in devices.glob("nvidia[0-9]*"))
    for name in names if len(names) > 1 else ():
        lock = ((locks or Path(tempfile.gettempdir())) / f"ieiw-gpu-{os.getuid()}-{name}.lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        _held.append(lock)
        os.environ[VISIBLE] = name
        return name
    return ""
