"""No process outlives who started it: ``python -m ieiw.pipelines.engine.parent -m MODULE`` runs a module under that watch.

Imports little, so that the watch begins with the process: Beam itself takes seconds to load.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
import time

from ieiw.triplets.storage.processes import is_alive

PARENT = "IEIW_PARENT"
"""Set by a supervisor, and by a driver, to its process id: who was started by it leaves when it is gone."""


def leave_with_parent() -> None:
    """End this process soon after the local one that started it is gone; does nothing on a cluster's worker."""
    parent = int(os.environ.get(PARENT, "0"))
    if parent and parent != os.getpid():
        threading.Thread(target=_wait_for_orphanhood, args=(parent,), daemon=True, name="parent-watch").start()


def _wait_for_orphanhood(parent: int) -> None:
    """Not by our own parent's id: Beam starts workers through a shell."""
    while is_alive(parent):
        time.sleep(0.2)
    os._exit(70)


if __name__ == "__main__":
    leave_with_parent()
    _, _, module, *arguments = sys.argv
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
