"""``ieiw lint``: count a build again from its files and verify every digest, trusting no number that is written down."""

from __future__ import annotations

import itertools
import multiprocessing
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from ieiw.builders import catalogue
from ieiw.pipelines.lint.accounting import Ledger, compare_counts
from ieiw.pipelines.lint.compacted import check_index
from ieiw.pipelines.lint.files import folders_of, listed, orphans, parquet, standing_tombstones
from ieiw.pipelines.lint.report import Finding, Findings, Kind, LintProgress, LintReport
from ieiw.pipelines.lint.unit import UnitJob, UnitLinter, UnitResult
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.build_state import FILE, BuildState, FormatError, SourceState, load_state, require_state
from ieiw.triplets.layout.plan import PLAN, UNITS_PER_PART, UnitRef, part_name
from ieiw.triplets.storage.store import Store, open_store

__all__ = ["Finding", "Kind", "LintProgress", "LintReport", "lint"]

_AHEAD = 4  # units that wait for each worker, so that none is ever idle


def lint(
    location: str | Path,
    *,
    fast: bool = False,
    workers: int = 1,
    report: Callable[[LintProgress], None] = lambda _: None,
) -> LintReport:
    """Verify a build. Reads each shard once; holds some 30 bytes an attempt.

    Args:
        location: folder or URL of the build.
        fast: verify digests, offsets, headers and json, but decode no picture.
        workers: processes that check units; one means this one.
        report: told after every unit.

    Raises:
        UsageError: there is no build at the location, or another version wrote it.
        OSError: the store itself cannot be reached; what is wrong with files becomes findings.
    """
    store = open_store(location)
    if not store.exists(FILE):
        require_state(store)
    try:
        state = load_state(store) or require_state(store)
    except FormatError:
        raise
    except (UsageError, UnicodeDecodeError) as error:
        return LintReport("damaged", {}, (Finding(Kind.STATE, FILE, str(error)),))
    run = _Lint(store, state)
    standing_tombstones(store, run.found)
    whole = run.units(_checked(fast, workers, run), report)
    if whole:
        run.close()
    run.leftovers()
    reports = {name: ledger.report for name, ledger in run.ledgers.items()}
    return LintReport(state.state, reports, run.found.all(), run.notes.all())


@dataclass
class _Lint:
    """One run: the listing, what was found, and the books."""

    store: Store
    state: BuildState
    found: Findings = field(default_factory=Findings)
    notes: Findings = field(default_factory=Findings)

    def __post_init__(self) -> None:
        self.sizes = listed(self.store, folders_of(self.store, self.state.sources))
        self.ledgers = {name: Ledger(name, source) for name, source in self.state.sources.items()}
        self._named = {part.name for part in self.state.index}
        self._unread: set[str] = set()
        self.jobs = [job for name, source in self.state.sources.items() for job in self._source_jobs(name, source)]

    def _source_jobs(self, name: str, source: SourceState) -> Iterator[UnitJob]:
        rounds = [source.units, *(retry.units for retry in source.retries)]
        for turn, units in enumerate(rounds):
            first = UnitRef(name, source.fingerprint, turn, 0)
            usable = self._parts(first, units)
            rows = re.compile(re.escape(first.rows.removesuffix("000000.parquet")) + r"(\d{6,9})\.parquet")
            last = max((int(match[1]) for file in self.sizes if (match := rows.fullmatch(file))), default=-1)
            real = min(units, max(last + 1, UNITS_PER_PART * (max(usable, default=-1) + 1)))
            if real < units:
                path = f"sources.{name}.retries.{turn - 1}" if turn else f"sources.{name}"
                self.found.add(Kind.COUNTS, FILE, f"{path}.units is {units:,}, there are files of {real:,} at most")
            for number in range(real):
                ref = UnitRef(name, source.fingerprint, turn, number)
                self._named.add(ref.rows)
                planned = number // UNITS_PER_PART in usable
                yield UnitJob(ref, planned, ref.rows in self.sizes, keep_halves=len(rounds) > 1)

    def _parts(self, first: UnitRef, units: int) -> set[int]:
        """Numbers of the plan's parts of one round that can be read; tells which cannot, or hold too many units."""
        usable: set[int] = set()
        expected = -(-units // UNITS_PER_PART)
        for part in range(min(expected, len(self.sizes) + 1)):
            name = part_name(first.source, first.fingerprint, first.round, part)
            self._named.add(name)
            with parquet(self.store, name, PLAN, self.found) as file:
                if file is None:
                    continue
                groups = file.num_row_groups
            wanted = min(UNITS_PER_PART, units - part * UNITS_PER_PART)
            if groups != wanted:
                self.found.add(Kind.COUNTS, name, f"holds {groups} units, by {FILE} it is {wanted}")
            usable.add(part)
        return usable

    def units(self, results: Iterator[UnitResult], report: Callable[[LintProgress], None]) -> bool:
        """Enter every unit's result; false where not all came."""
        done, size = 0, 0
        for job, result in zip(self.jobs, results, strict=False):
            self.found.extend(result.findings)
            result.findings = ()
            self._named.update(name for name in (result.shard, result.rejects) if name)
            if job.committed and not result.mark_read:
                # What it names is not known, so not unnamed either.
                self._unread.add(f"{job.ref.source}-{job.ref.unit}")
            if not job.committed and self.state.state == "complete":
                detail = f"the build is complete, but unit {job.ref.unit} has no commit mark"
                self.found.add(Kind.MISSING, job.ref.rows, detail)
            self.ledgers[job.ref.source].add(result, job.committed, self.found)
            done, size = done + 1, size + result.shard_bytes
            report(LintProgress(len(self.jobs), done, size))
        return done == len(self.jobs)

    def close(self) -> None:
        """Settle the books of every source and compare them with build.json and the index."""
        for name, ledger in self.ledgers.items():
            ledger.close(self.found)
            if self.state.state == "complete":
                compare_counts(name, self.state.counts.get(name), ledger.report, self.found)
        if self.state.state == "complete":
            for name in self.state.counts.keys() - self.state.sources.keys():
                self.found.add(Kind.COUNTS, FILE, f"counts.{name} speaks of a source that the build does not have")
            check_index(self.store, self.state, self.ledgers, self.found)
            return
        pending = sum(not job.committed for job in self.jobs)
        detail = f"{pending:,} of {len(self.jobs):,} units have no commit mark" if pending else "not finalised"
        remedy = "build again with the same recipe"
        if self.state.state == "taking_down":
            detail, remedy = "a take-down was stopped on its way", "go on with it: ieiw takedown --resume"
        self.found.add(Kind.UNFINISHED, FILE, f"{detail}; {remedy}")

    def leftovers(self) -> None:
        """Files that nothing names: wrong in a complete build, to be expected in one that was stopped."""
        findings = self.found if self.state.state == "complete" else self.notes
        for name, size in orphans(self.sizes, self._named):
            if name.rpartition("/")[2].rpartition("-")[0] not in self._unread:
                findings.add(Kind.ORPHAN, name, f"{size:,} bytes that nothing names")


def _checked(fast: bool, workers: int, run: _Lint) -> Iterator[UnitResult]:
    """Results in the order of the jobs; ends early, with a finding, where a worker process died."""
    tasks = {task for source in run.state.recipe.sources for task in source.tasks if task in catalogue.TASKS}
    mirrors = {task: mirrored for task in tasks if (mirrored := catalogue.task_class(task).mirrors)}
    settings = (run.store.location, fast, mirrors)
    if workers <= 1 or len(run.jobs) <= 1:
        yield from map(UnitLinter(*settings).check, run.jobs)
        return
    count = min(workers, len(run.jobs))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, initializer=_start, initargs=settings) as pool:
        jobs = iter(run.jobs)
        waiting: deque[Future[UnitResult]] = deque()
        done = 0
        try:
            while True:
                waiting.extend(
                    pool.submit(_check, job) for job in itertools.islice(jobs, count * _AHEAD - len(waiting))
                )
                if not waiting:
                    return
                yield waiting.popleft().result()
                done += 1
        except BrokenProcessPool:
            detail = "a worker process of lint died at it or near it; this unit and those after it were not checked"
            run.found.add(Kind.CHECK, run.jobs[done].ref.rows, detail)


_linter: list[UnitLinter] = []  # of a worker process


def _start(location: str, fast: bool, mirrors: Mapping[str, str]) -> None:
    _linter[:] = [UnitLinter(location, fast, mirrors)]


def _check(job: UnitJob) -> UnitResult:
    return _linter[0].check(job)
