"""A build: plan, run, finalise. Every step can be killed; the next run goes on."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ieiw.pipelines.build.finalise import finalise
from ieiw.pipelines.build.stage import BuildStage
from ieiw.pipelines.engine.errors import TooManyRejectsError
from ieiw.pipelines.engine.lock import FILE as LOCK_FILE
from ieiw.pipelines.engine.lock import Lock, read_holder
from ieiw.pipelines.engine.progress import Progress
from ieiw.pipelines.engine.run import RunOptions, check_beam_args, run_stage
from ieiw.pipelines.engine.stage import pending
from ieiw.pipelines.planning.prepare import SourceDigest, changed_sources, check_disk, digests, prepare
from ieiw.pipelines.planning.retry import plan_retries
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.recipe.root_search import located
from ieiw.pipelines.replacement.run import run_steps, sweep_steps
from ieiw.triplets.errors import Step
from ieiw.triplets.layout.build_state import BuildState, load_state
from ieiw.triplets.layout.marks import mark_of, read_reasons, verdicts_so_far
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.rejects import SELECTION
from ieiw.triplets.storage.store import Store, open_store

_EARLY_ATTEMPTS = 1000
"""A source is stopped for its rejects before its end only after so many attempts."""


@dataclass(frozen=True, slots=True)
class Options(RunOptions):
    """How to build; nothing here changes what comes out."""

    replace: frozenset[str] = frozenset()
    retry_rejects: str = ""
    take_over: bool = False
    disk_check: bool = True


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
        report: given the progress twice a second.

    Raises:
        UsageError: recipe, data or folder need mending; another driver is at work.
        WorkerDiedError: a worker was killed; the next run goes on and tries its unit alone.
        DriverFailedError: the pipeline ended with an error.
        TooManyRejectsError: see there.
    """
    check_beam_args(options.beam_args)
    store = open_store(out)
    components = Components(located(recipe))
    # Before the lock: a recipe that points nowhere leaves nothing behind.
    recipe, found = components.recipe, digests(components)
    state = load_state(store)
    built = set(state.sources) - set(changed_sources(state, found)) if state is not None else set()
    unchanged = tuple(sorted(options.replace & built))
    finished = _finished(store, state, recipe, options, found)
    if finished is not None:
        return dataclasses.replace(finished, unchanged=unchanged)
    with Lock(store, options.take_over):
        state = prepare(store, components, options.replace, found)
        if options.retry_rejects and state.state == "complete":
            state = plan_retries(store, state, options.retry_rejects)
        stage, refs = BuildStage(), list(state.refs())
        left = pending(store, stage, refs)
        attempts = _attempts(state, left)
        if options.disk_check:
            check_disk(store, recipe, attempts)
        run_steps(store, components, state, left, options, report)
        shares = _Shares(store, state)
        progress = run_stage(store, stage, refs, options, report, items=sum(attempts.values()), on_commit=shares.add)
        _check_shares(store, state)
        sweep_steps(store)
        complete = finalise(store, state)
    return Result(complete, progress, worked=True, unchanged=unchanged)


def _finished(
    store: Store, state: BuildState | None, recipe: Recipe, options: Options, found: Mapping[str, SourceDigest]
) -> Result | None:
    """The build, if it is complete and the recipe asks for nothing else: then nothing at all is written."""
    if state is None or state.state != "complete" or options.retry_rejects or state.recipe != recipe:
        return None
    if changed_sources(state, found) or pending(store, BuildStage(), list(state.refs())):
        return None
    there = store.sizes("index")
    if options.replace - set(state.sources) or any(part.name.rpartition("/")[2] not in there for part in state.index):
        return None  # a name to refuse, or an index to compact again
    holder = read_holder(store)
    if holder is not None and not holder.alive():  # killed after the last step, before it could let go
        store.delete(LOCK_FILE)
    return Result(state, Progress(), worked=False)


def _attempts(state: BuildState, refs: Sequence[UnitRef]) -> dict[str, int]:
    """Source -> attempts in these units, by the mean size of their round's units: exact where none or all are left."""
    total: Counter[str] = Counter()
    for (name, turn), units in Counter((ref.source, ref.round) for ref in refs).items():
        source = state.sources[name]
        planned = source if turn == 0 else source.retries[turn - 1]
        total[name] += round(units * planned.attempts / max(1, planned.units))
    return total


class _Shares:
    """Watches each source's share of faults while units are committed, to stop early what would be stopped at its end."""

    def __init__(self, store: Store, state: BuildState) -> None:
        self._store, self._state = store, state
        self._faults: Counter[str] = Counter()
        self._attempts: Counter[str] = Counter()

    def add(self, ref: UnitRef, counts: Mapping[str, int]) -> None:
        """Count a unit that was just committed.

        Raises:
            TooManyRejectsError: its source is beyond what the recipe bears.
        """
        name = ref.source
        self._attempts[name] += sum(counts.values())
        if not counts["rejected"]:
            return
        self._faults[name] += fault_count(read_reasons(self._store, mark_of(self._store, ref.rows).rejects))
        share = self._state.recipe.source(name).max_reject_share
        if self._attempts[name] >= _EARLY_ATTEMPTS and self._faults[name] > share * self._attempts[name]:
            _check_shares(self._store, self._state)


def _check_shares(store: Store, state: BuildState) -> None:
    """Compare each source's faults with what the recipe bears.

    Raises:
        TooManyRejectsError: names the source, its share, the top reasons and the ways on.
    """
    for name, verdicts in verdicts_so_far(store, state.refs()).items():
        source, settings = state.sources[name], state.recipe.source(name)
        faults, total = fault_count(verdicts.reasons), verdicts.built + verdicts.reasons.total()
        if total and faults > settings.max_reject_share * total:
            top = ", ".join(f"{reason} {count:,}" for reason, count in verdicts.reasons.most_common(4))
            raise TooManyRejectsError(
                f"source {name}: {faults:,} of {total:,} attempts ({faults / total:.0%}) failed, above max_reject_share "
                f"{settings.max_reject_share:.0%} (planned: {source.attempts:,}). Top reasons: {top}. Mend the data, or raise the "
                "share",
                Step(values={"changes": f"sources.{name}.max_reject_share=1"}),
            )


def fault_count(reasons: Mapping[str, int]) -> int:
    """Rejects that are no choice of the recipe's."""
    return sum(count for reason, count in reasons.items() if reason not in SELECTION)
