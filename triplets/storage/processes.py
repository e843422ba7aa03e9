"""Which processes of this machine still live: asked by locks, spools and whoever waits for another process."""

from __future__ import annotations

import os


def started(pid: int | None = None) -> float:
    """When a process (default: this one) began, in seconds of the system's clock; tells it from a later one of the same number.

    Raises:
        psutil.NoSuchProcess: there is none.
    """
    import psutil

    return float(psutil.Process(os.getpid() if pid is None else pid).create_time())


def is_alive(pid: int, since: float | None = None) -> bool:
    """Whether a process still runs; with ``since``, whether it is the one that began then.

    One that is dead but not yet waited for does not run: where a container has no init, it stays listed for ever.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and (since is None or abs(process.create_time() - since) < 1.0)
    except (psutil.NoSuchProcess, ValueError, OverflowError):
        return False
