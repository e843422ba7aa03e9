"""Who is at which unit: a note for each process at work, so that a supervisor knows what the dead were doing."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.plan import UnitRef

FAILED = ".failed"
"""Suffix of the note of a unit that an error, not a death, put an end to."""
_MENDABLE = ".mendable"
"""Suffix of what a user must mend, where that was the error."""


@contextlib.contextmanager
def noted(running: Path | None, ref: UnitRef) -> Iterator[None]:
    """While a unit is at work, a file named by the process says which; a supervisor reads it if we die."""
    if running is None:
        yield
        return
    note = running / f"{os.getpid()}-{threading.get_ident()}"
    spooled = note.with_suffix(".new")
    spooled.write_text(ref.encoded(), encoding="utf-8")
    spooled.replace(note)
    try:
        yield
    except BaseException as error:
        if isinstance(error, UsageError):
            note.with_suffix(_MENDABLE).write_text(str(error), encoding="utf-8")
        # Kept, so that the driver's end names the unit; but this process did not die at it.
        note.replace(note.with_suffix(FAILED))
        raise
    note.unlink(missing_ok=True)


def notes(running: Path, suffix: str = "") -> list[tuple[int, UnitRef]]:
    """Process id and unit of every thread at work; with ``suffix=FAILED``, of those that an error stopped."""
    result = []
    for note in sorted(running.glob("*-*")):
        if note.suffix == suffix:
            with contextlib.suppress(FileNotFoundError):  # finished between listing and reading
                ref = UnitRef.decoded(note.read_text(encoding="utf-8"))
                result.append((int(note.name.partition("-")[0]), ref))
    return result


def mendable(running: Path) -> str:
    """What a user must mend, by the error of a unit; empty where there was none of that kind."""
    return next((note.read_text(encoding="utf-8") for note in sorted(running.glob(f"*{_MENDABLE}"))), "")
