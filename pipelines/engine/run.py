"""Runs a stage over units: what is done is skipped, dead workers are noticed, units that kill are set aside."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ieiw.pipelines.engine.errors import DriverFailedError, WorkerDiedError
from ieiw.pipelines.engine.progress import Progress
from ieiw.pipelines.engine.stage import Stage, check_needs, committed, note_name, pending
from ieiw.pipelines.engine.supervisor import run_driver
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.storage.cache import cache_folder
from ieiw.triplets.storage.store import Store

SOLO_DEATHS = 2
"""A unit that kills its worker so often when it runs alone is quarantined."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """On what a stage runs; nothing here changes what comes out. ``gpu_workers`` are for stages whose model is on a GPU."""

    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    gpu_workers: int = 1
    beam_args: tuple[str, ...] = ()


def run_stage(
    store: Store,
    stage: Stage,
    refs: Sequence[UnitRef],
    options: RunOptions,
    report: Callable[[Progress], None] = lambda _: None,
    *,
    items: int = 0,
    on_commit: Callable[[UnitRef, Mapping[str, int]], None] = lambda *_: None,
) -> Progress:
    """Do every unit that is not done yet; each can be killed at any instant, and the next run goes on.

    Args:
        store: of the build.
        stage: what to do.
        refs: the units, done or not.
        options: processes and Beam flags.
        report: given the progress twice a second.
        items: how many items the units left to do hold, for the rate and the time to go.
        on_commit: called once for every unit that this run commits; may raise to stop the run.

    Raises:
        UsageError: a file that the stage needs is missing, or units are damaged: all others are done, and that is kept; or a
            unit met what a user must mend, such as an endpoint that is down.
        WorkerDiedError: a worker was killed; the next run tries its unit alone.
        DriverFailedError: the pipeline ended with an error.
    """
    left = pending(store, stage, refs)
    progress = Progress(units=len(left), items=items)
    if left:
        check_needs(store, stage, left)
        _Run(store, stage, options, progress, report, on_commit).all(left)
    return progress


class _Run:
    """One run of the driver over what is left, and the care for units that kill."""

    def __init__(
        self,
        store: Store,
        stage: Stage,
        options: RunOptions,
        progress: Progress,
        report: Callable[[Progress], None],
        on_commit: Callable[[UnitRef, Mapping[str, int]], None],
    ) -> None:
        self._store, self._stage, self._options = store, stage, options
        self._progress, self._report, self._on_commit = progress, report, on_commit
        self._started = time.monotonic()
        self._log = log_folder(store) / f"{stage.name}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
        self._waiting: dict[str, UnitRef] = {}

    def all(self, left: Sequence[UnitRef]) -> None:
        """Do what is left: units under suspicion first and alone, then the rest."""
        store, stage = self._store, self._stage
        self._waiting = {stage.mark(ref): ref for ref in left}
        self._take_damage(left)
        strikes = {note_name("strikes", stage, ref): ref for ref in left}
        suspects = {name: strikes[name] for name in sorted(committed(store, list(strikes)))}
        for ref in suspects.values():
            self._alone(ref)
        alone = set(suspects.values())
        rest = [ref for ref in left if ref not in alone]
        try:
            if rest:
                self._drive(rest, self._options)
        except WorkerDiedError as death:
            for ref in death.units:
                store.publish_bytes(note_name("strikes", stage, ref), b"a worker died at this unit\n")
            raise
        self._poll()
        damage = self._take_damage(left)
        if missing := [ref for ref in pending(store, stage, left) if ref not in damage]:
            raise DriverFailedError(
                f"the pipeline ended well, but {len(missing)} units have no commit mark, the first is {missing[0].unit}"
            )
        for name in suspects:
            store.delete(name)
        if damage:
            message = stage.damage_message(list(damage.values()))
            raise UsageError(f"{store.location}: {message}", Step("lint", store.location))

    def _alone(self, ref: UnitRef) -> None:
        """Do a unit that a worker died at in a process of its own; quarantine it if that dies again and again."""
        for _ in range(SOLO_DEATHS):
            try:
                self._drive([ref], RunOptions(workers=1, beam_args=self._options.beam_args))
            except WorkerDiedError as death:
                if not death.units:  # of something else, between two units
                    raise
                continue
            return
        detail = f"unit {ref.unit} killed its worker {SOLO_DEATHS} times when it ran alone"
        self._stage.quarantine(self._store, ref, detail)
        self._progress.quarantined += 1

    def _drive(self, refs: Sequence[UnitRef], options: RunOptions) -> None:
        flags = beam_flags(options, len(refs), self._stage.processes)
        run_driver(self._store, self._stage, refs, flags, self._log, self._poll)

    def _poll(self) -> None:
        for mark in sorted(committed(self._store, list(self._waiting))):
            ref = self._waiting.pop(mark)
            counts = self._stage.count(self._store, ref)
            self._progress.done_units += 1
            self._progress.counts.update(counts)
            self._on_commit(ref, counts)
        self._progress.seconds = time.monotonic() - self._started
        self._report(self._progress)

    def _take_damage(self, refs: Sequence[UnitRef]) -> dict[UnitRef, str]:
        """What units noted of damage; the notes are taken away."""
        names = {note_name("damage", self._stage, ref): ref for ref in refs}
        notes = {}
        for name in sorted(committed(self._store, list(names))):
            notes[names[name]] = self._store.read(name).decode()
            self._store.delete(name)
        return notes


def check_beam_args(beam_args: Sequence[str]) -> None:
    """Refuse flags that nobody knows before anything is written. Beam is loaded only where there are flags.

    Raises:
        UsageError: names the flag.
    """
    if beam_args:
        from ieiw.pipelines.engine.beam import check_flags

        check_flags(beam_args)


def beam_flags(options: RunOptions, units: int, most: int | None = None) -> list[str]:
    """Flags for Beam: the user's own, and our local runner where they name none; none at all where one process does it alone.

    ``DirectRunner`` is not used: in Beam 2.77 it tries to download Prism first.

    Args:
        options: workers and the user's flags.
        units: to be done; no more processes than these are started.
        most: processes that the stage bears; None sets no limit.
    """
    if any(flag == "--runner" or flag.startswith("--runner=") for flag in options.beam_args):
        return list(options.beam_args)
    workers = max(1, min(options.workers, units, most or units))
    if workers == 1 and not options.beam_args:
        return []
    mode = "multi_processing" if workers > 1 else "in_memory"
    ours = ["--runner=FnApiRunner", f"--direct_running_mode={mode}", f"--direct_num_workers={workers}"]
    return [*ours, *options.beam_args]  # of a flag given twice, Beam takes the last


def log_folder(store: Store) -> Path:
    """Where logs of drivers and workers go: in the build, or in the user's cache for a build in a bucket."""
    if store.local is not None:
        return store.local / "logs"
    return cache_folder("logs")
