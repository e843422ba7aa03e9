"""Which processes of this machine still live: asked by locks, spools and whoever waits for another process."""

from __future__ import annotations

import hashlib
import os
import platform
from functools import lru_cache
from pathlib import Path


def started(pid: int | None = None) -> float:
    """When a process (default: this one) began, in seconds since boot; tells it from a later one of the same number.

    Not by the wall clock, which may be set while the process runs.

    Raises:
        psutil.NoSuchProcess: there is none.
    """
    import psutil

    return float(psutil.Process(os.getpid() if pid is None else pid).create_time() - psutil.boot_time())


def is_alive(pid: int, since: float | None = None) -> bool:
    """Whether a process still runs; with ``since``, whether it is the one that began then.

    One that is dead but not yet waited for does not run: where a container has no init, it stays listed for ever.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and (since is None or abs(started(pid) - since) < 1.0)
    except (psutil.NoSuchProcess, ValueError, OverflowError):
        return False


@lru_cache(maxsize=1)
def space() -> str:
    """Within what a process number means one process: this boot of this machine, and its namespace of numbers.

    Two containers may share a host name and hand out the same numbers, but not this.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        numbers = str(Path("/proc/self/ns/pid").readlink())
    except OSError:  # not Linux: there a machine has one namespace
        boot = numbers = ""
    return hashlib.sha256(f"{platform.node()} {boot} {numbers}".encode()).hexdigest()[:16]


def owner() -> str:
    """This process, for the name of a folder of its own; see :func:`owner_lives`."""
    return f"{space()}={os.getpid()}={started():.2f}"


def owner_lives(name: str) -> bool | None:
    """Whether the process of an :func:`owner` lives; None where that cannot be told here. More may follow the name."""
    try:
        place, number, began = name.split("=")[:3]
        return is_alive(int(number), float(began)) if place == space() else None
    except ValueError:  # a name of another version
        return None
