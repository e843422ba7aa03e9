"""What a worker process does with a unit. Knows no Beam: the DoFn, the benchmarks and the tests call the same code."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from ieiw.builders.assembly import Assembler
from ieiw.pipelines.build.commit_unit import write_unit
from ieiw.pipelines.layout.build_state import require_state
from ieiw.pipelines.layout.plan_files import UnitRef, read_unit
from ieiw.pipelines.planning.planner import attempts_of
from ieiw.pipelines.recipe.components import Components
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.processes import is_alive
from ieiw.triplets.storage.store import open_store

PARENT = "IEIW_PARENT"
"""Set by a local driver to its process id: workers leave when it is gone."""
FAILED = ".failed"
"""Suffix of the note of a unit that an error, not a death, put an end to."""


class UnitBuilder:
    """Builds units of one build; sources, tasks and models are made once a process.

    Args:
        location: the build's folder or URL; its ``build.json`` says all the rest.
        running: folder for notes that say which process is at which unit, or None.
    """

    def __init__(self, location: str, running: Path | None = None, options: Mapping[str, str] | None = None) -> None:
        if options:
            raise ValueError(f"building has no options, got {sorted(options)}")
        self._store = open_store(location)
        self._state = require_state(self._store)
        self._components = Components(self._state.recipe)
        self._running = running if running is not None and running.is_dir() else None

    def build(self, ref: UnitRef) -> tuple[int, int]:
        """Build and commit a unit unless its mark is there already.

        Returns:
            Triplets built and attempts rejected now; (0, 0) where the unit was done.

        Raises:
            OSError: the storage of the source or of the build fails beyond its retries.
        """
        if self._store.exists(ref.rows):
            return 0, 0
        with noted(self._running, ref):
            reach("unit-started")
            rows = read_unit(self._store, ref)
            used = {str(row["group"]): int(str(row["used"])) for row in rows if row["used"]}
            made = self._components
            source, tasks, artefacts = made.source(ref.source), made.tasks(ref.source), made.artefacts(ref.source)
            assembler = Assembler(source, tasks, self._state.recipe.seed, artefacts, used)
            try:
                mark = write_unit(self._store, ref, assembler.run(attempts_of(rows)))
            except FileNotFoundError:
                # Another machine's driver finished the build and swept our half-written shard away: its work stands.
                if not self._store.exists(ref.rows):
                    raise
                return 0, 0
        return mark.built, mark.rejected

    def work(self, ref: UnitRef) -> dict[str, int]:
        """As ``build``, for the pipeline: counter -> what to add to it."""
        built, rejected = self.build(ref)
        return {"built": built, "rejected": rejected}


@contextlib.contextmanager
def noted(running: Path | None, ref: UnitRef) -> Iterator[None]:
    """While a unit is at work, a file named by the process says which; a supervisor reads it if we die."""
    if running is None:
        yield
        return
    note = running / f"{os.getpid()}-{threading.get_ident()}"
    spooled = note.with_suffix(".new")
    spooled.write_text(json.dumps([ref.source, ref.fingerprint, ref.round, ref.number]), encoding="utf-8")
    spooled.replace(note)
    try:
        yield
    except BaseException:
        # Kept, so that the driver's end names the unit; but this process did not die at it.
        note.replace(note.with_suffix(FAILED))
        raise
    note.unlink(missing_ok=True)


def notes(running: Path, suffix: str = "") -> list[tuple[int, UnitRef]]:
    """Process id and unit of every thread at work; with ``suffix=FAILED``, of those that an error stopped."""
    found = []
    for note in sorted(running.glob("*-*")):
        if note.suffix == suffix:
            with contextlib.suppress(FileNotFoundError):  # finished between listing and reading
                source, fingerprint, turn, number = json.loads(note.read_text(encoding="utf-8"))
                found.append((int(note.name.partition("-")[0]), UnitRef(source, fingerprint, turn, number)))
    return found


def leave_with_parent() -> None:
    """End this process soon after the local driver that started it is gone; does nothing on a cluster's worker."""
    parent = int(os.environ.get(PARENT, "0"))
    if parent and parent != os.getpid():
        threading.Thread(target=_wait_for_orphanhood, args=(parent,), daemon=True, name="parent-watch").start()


def _wait_for_orphanhood(parent: int) -> None:
    """Not by our own parent's id: Beam starts workers through a shell."""
    while is_alive(parent):
        time.sleep(0.2)
    os._exit(70)
