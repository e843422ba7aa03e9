"""``ieiw build``: plan, run, watch, quarantine, finalise. Every step can be killed; the next run goes on."""

from __future__ import annotations

import dataclasses
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ieiw.pipelines.build.commit_unit import write_unit
from ieiw.pipelines.build.finalise import finalise
from ieiw.pipelines.engine.errors import DriverFailedError, TooManyRejectsError, WorkerDiedError
from ieiw.pipelines.engine.lock import FILE as LOCK_FILE
from ieiw.pipelines.engine.lock import Lock, read_holder
from ieiw.pipelines.engine.supervisor import run_driver
from ieiw.pipelines.layout.build_state import BuildState, load_state
from ieiw.pipelines.layout.marks import Watch, pending, read_reasons, reasons_so_far
from ieiw.pipelines.layout.plan_files import UnitRef, read_attempts
from ieiw.pipelines.planning.prepare import SourceDigest, changed_sources, check_disk, digests, prepare
from ieiw.pipelines.planning.retry import plan_retries
from ieiw.pipelines.recipe.root_search import located
from ieiw.pipelines.recipe.schema import Recipe
from ieiw.triplets.records import Reject
from ieiw.triplets.rejects import SELECTION, Reason, Stage
from ieiw.triplets.storage.store import Store, open_store

_EARLY_ATTEMPTS = 1000
"""A source is stopped for its rejects before its end only after so many attempts."""
SOLO_DEATHS = 2
"""A unit that kills its worker so often when it runs alone is quarantined."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to build; nothing here changes what comes out."""

    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    beam_args: tuple[str, ...] = ()
    replace: frozenset[str] = frozenset()
    retry_rejects: str = ""
    take_over: bool = False
    disk_check: bool = True


@dataclass(slots=True)
class Progress:
    """Where a build stands, from its commit marks."""

    units: int
    attempts: int
    done_units: int = 0
    built: int = 0
    rejected: int = 0
    quarantined: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """A finished build.

    Attributes:
        state: what it came to.
        progress: what this run did of it.
        worked: false where it was complete already and nothing was written.
        unchanged: sources that were to be replaced, but are what they were when they were built.
    """

    state: BuildState
    progress: Progress
    worked: bool
    unchanged: tuple[str, ...] = ()


def build(
    recipe: Recipe, out: str | Path, options: Options, report: Callable[[Progress], None] = lambda _: None
) -> Result:
    """Build what the recipe names under ``out``, doing only what is missing.

    Args:
        recipe: what to build.
        out: folder or URL.
        options: how.
        report: told about progress twice a second.

    Raises:
        UsageError: recipe, data or folder need mending; another driver is at work.
        WorkerDiedError: a worker was killed; the next run goes on and tries its unit alone.
        DriverFailedError: the pipeline ended with an error.
        TooManyRejectsError: see there.
    """
    check_beam_args(options)
    store = open_store(out)
    recipe = located(recipe)
    found = digests(recipe)  # before the lock: a recipe that points nowhere leaves nothing behind
    unchanged = _unchanged(load_state(store), options.replace, found)
    finished = _finished(store, recipe, options, found)
    if finished is not None:
        return dataclasses.replace(finished, unchanged=unchanged)
    with Lock(store, options.take_over):
        state = prepare(store, recipe, options.replace, found)
        if options.retry_rejects and state.state == "complete":
            state = plan_retries(store, state, options.retry_rejects)
        left = pending(store, state.refs())
        attempts = _attempts(state, left)
        progress = Progress(units=len(left), attempts=sum(attempts.values()))
        if options.disk_check:
            check_disk(store, recipe, attempts)
        _Run(store, state, options, progress, report).all(left)
        _check_shares(state, reasons_so_far(store, state.refs()))
        complete = finalise(store, state)
    return Result(complete, progress, worked=True, unchanged=unchanged)


def _unchanged(state: BuildState | None, replace: frozenset[str], found: Mapping[str, SourceDigest]) -> tuple[str, ...]:
    built = set(state.sources) - set(changed_sources(state, found)) if state is not None else set()
    return tuple(sorted(replace & built))


def _finished(store: Store, recipe: Recipe, options: Options, found: Mapping[str, SourceDigest]) -> Result | None:
    """The build, if it is complete and the recipe asks for nothing else: then nothing at all is written."""
    state = load_state(store)
    if state is None or state.state != "complete" or options.retry_rejects or state.recipe != recipe:
        return None
    if changed_sources(state, found) or pending(store, state.refs()):
        return None
    there = store.sizes("index")
    if options.replace - set(state.sources) or any(part.name.rpartition("/")[2] not in there for part in state.index):
        return None  # a name to refuse, or an index to compact again
    holder = read_holder(store)
    if holder is not None and not holder.alive():  # killed after the last step, before it could let go
        store.delete(LOCK_FILE)
    return Result(state, Progress(units=0, attempts=0), worked=False)


def _attempts(state: BuildState, refs: Sequence[UnitRef]) -> dict[str, int]:
    """Source -> attempts in these units, by the mean size of their round's units: exact where none or all are left."""
    total: Counter[str] = Counter()
    for (name, turn), units in Counter((ref.source, ref.round) for ref in refs).items():
        source = state.sources[name]
        planned = source if turn == 0 else source.retries[turn - 1]
        total[name] += round(units * planned.attempts / max(1, planned.units))
    return total


class _Run:
    """One run of the driver over what is left, and the care for units that kill."""

    def __init__(
        self, store: Store, state: BuildState, options: Options, progress: Progress, report: Callable[[Progress], None]
    ) -> None:
        self._store, self._state, self._options = store, state, options
        self._progress, self._report = progress, report
        self._started = time.monotonic()
        self._log = log_folder(store) / f"beam-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
        self._faults: Counter[str] = Counter()
        self._attempts: Counter[str] = Counter()

    def all(self, left: list[UnitRef]) -> None:
        """Build what is left: units under suspicion first and alone, then the rest."""
        watch = Watch(self._store, left)
        suspects = [ref for ref in left if self._store.exists(_strike(ref))]
        for ref in suspects:
            self._alone(ref, watch)
        rest = [ref for ref in left if ref not in set(suspects)]
        if rest:
            self._together(rest, watch)
        self._poll(watch)
        missing = pending(self._store, left)
        if missing:
            raise DriverFailedError(
                f"the pipeline ended well, but {len(missing)} units have no commit mark, the first is {missing[0].unit}"
            )
        for ref in suspects:
            self._store.delete(_strike(ref))

    def _together(self, refs: list[UnitRef], watch: Watch) -> None:
        flags = beam_flags(self._options, len(refs))
        try:
            run_driver(self._store, refs, flags, self._log, lambda: self._poll(watch))
        except WorkerDiedError as death:
            for ref in death.units:
                self._store.publish_bytes(_strike(ref), b"a worker died at this unit\n")
            raise

    def _alone(self, ref: UnitRef, watch: Watch) -> None:
        """Build a unit that a worker died at in a process of its own; quarantine it if that dies again and again."""
        for _ in range(SOLO_DEATHS):
            try:
                flags = beam_flags(Options(workers=1, beam_args=self._options.beam_args), 1)
                run_driver(self._store, [ref], flags, self._log, lambda: self._poll(watch))
            except WorkerDiedError:
                continue
            return
        detail = f"unit {ref.unit} killed its worker {SOLO_DEATHS} times when it ran alone"
        attempts = read_attempts(self._store, ref)
        write_unit(
            self._store, ref, (Reject(attempt, Reason.WORKER_DIED, Stage.WORKER, detail) for attempt in attempts)
        )
        self._progress.quarantined += 1

    def _poll(self, watch: Watch) -> None:
        progress = self._progress
        for mark in watch.poll():
            progress.done_units += 1
            progress.built += mark.built
            progress.rejected += mark.rejected
            self._attempts[mark.source] += mark.attempts
            if mark.rejects:
                reasons = read_reasons(self._store, mark.rejects)
                self._faults[mark.source] += fault_count(reasons)
                self._stop_early(mark.source)
        progress.seconds = time.monotonic() - self._started
        self._report(progress)

    def _stop_early(self, name: str) -> None:
        attempts, share = self._attempts[name], self._state.recipe.source(name).max_reject_share
        if attempts >= _EARLY_ATTEMPTS and self._faults[name] > share * attempts:
            _check_shares(self._state, reasons_so_far(self._store, self._state.refs()))


def check_beam_args(options: Options) -> None:
    """Refuse flags that nobody knows before anything is written. Beam is loaded only where there are flags.

    Raises:
        UsageError: names the flag.
    """
    if options.beam_args:
        from ieiw.pipelines.engine.beam import check_flags

        check_flags(options.beam_args)


def beam_flags(options: Options, units: int) -> list[str]:
    """Flags for Beam: the user's own, and our local runner where they name none.

    ``DirectRunner`` is not used: in Beam 2.77 it tries to download Prism first.
    """
    if any(flag == "--runner" or flag.startswith("--runner=") for flag in options.beam_args):
        return list(options.beam_args)
    workers = max(1, min(options.workers, units))
    mode = "multi_processing" if workers > 1 else "in_memory"
    ours = ["--runner=FnApiRunner", f"--direct_running_mode={mode}", f"--direct_num_workers={workers}"]
    return [*ours, *options.beam_args]  # of a flag given twice, Beam takes the last


def log_folder(store: Store) -> Path:
    """Where logs of drivers and workers go: in the build, or in the user's cache for a build in a bucket."""
    if store.local is not None:
        return store.local / "logs"
    import platformdirs

    return Path(platformdirs.user_cache_dir("ieiw")) / "logs"


def _strike(ref: UnitRef) -> str:
    return f"logs/strikes/{ref.source}-{ref.unit}"


def _check_shares(state: BuildState, reasons: dict[str, Counter[str]]) -> None:
    """Compare each source's faults with what the recipe bears.

    Raises:
        TooManyRejectsError: names the source, its share, the top reasons and the ways on.
    """
    for name, counted in reasons.items():
        source, settings = state.sources[name], state.recipe.source(name)
        faults = fault_count(counted)
        done = counted.pop("", 0) + counted.total()
        if done and faults > settings.max_reject_share * done:
            top = ", ".join(f"{reason} {count:,}" for reason, count in counted.most_common(4))
            raise TooManyRejectsError(
                f"source {name}: {faults:,} of {done:,} attempts ({faults / done:.0%}) failed, above max_reject_share "
                f"{settings.max_reject_share:.0%} (planned: {source.attempts:,}). Top reasons: {top}. Mend the data, or raise the "
                f"share: --set sources.{name}.max_reject_share=1"
            )


def fault_count(reasons: Counter[str]) -> int:
    """Rejects that are no choice of the recipe's."""
    return sum(count for reason, count in reasons.items() if reason and reason not in SELECTION)
