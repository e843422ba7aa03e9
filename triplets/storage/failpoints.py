"""Fail points: named places in the publish path where a test can have a process killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

VARIABLE = "IEIW_FAIL_POINT"
"""``POINT:N:FOLDER``: the N-th time (1, 2, …) that any process reaches POINT, it is killed. FOLDER keeps the count."""


def reach(point: str) -> None:
    """Mark that the process is at ``point``; does nothing unless the variable asks for it."""
    setting = os.environ.get(VARIABLE)
    if not setting:
        return
    wanted, count, folder = setting.split(":", 2)
    if wanted == point and _visit(Path(folder), point) == int(count):
        os.kill(os.getpid(), signal.SIGKILL)


def _visit(folder: Path, point: str) -> int:
    """Count this visit across processes: the number of the first file that could be created."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        try:
            (folder / f"{point}.{number}").touch(exist_ok=False)
        except FileExistsError:
            number += 1
        else:
            return number
