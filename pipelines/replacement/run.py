"""Runs the steps of all replacements that a build is still to assemble."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ieiw.pipelines.engine.progress import Progress
from ieiw.pipelines.engine.run import RunOptions, run_stage
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.replacement.chain import steps_of
from ieiw.pipelines.replacement.step import ROLES, TASK
from ieiw.triplets.layout.build_state import BuildState
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.replacement import FOLDER
from ieiw.triplets.storage.store import Store


def run_steps(
    store: Store,
    components: Components,
    state: BuildState,
    left: Sequence[UnitRef],
    options: RunOptions,
    report: Callable[[Progress], None],
) -> None:
    """Do what is missing, step by step: all units of one before the next, so that one model at a time is in memory.

    Args:
        store: of the build.
        components: of its recipe.
        state: of the build.
        left: units that are not built yet.
        options: workers; steps whose model is on a GPU take ``gpu_workers``.
        report: given the progress twice a second.

    Raises:
        UsageError, WorkerDiedError, DriverFailedError: as :func:`~ieiw.pipelines.engine.run.run_stage`; what is done is kept.
    """
    for name, source in sorted(state.sources.items()):
        refs = [ref for ref in left if ref.source == name]
        if not refs or TASK not in state.recipe.source(name).tasks:
            continue
        for stage in steps_of(components, name, source.inputs):
            run_stage(store, stage, refs, _on(components, stage.name, options), report)


def _on(components: Components, step: str, options: RunOptions) -> RunOptions:
    role = ROLES[step]
    if role == "write" and role not in components.recipe.backends:
        return options
    on_gpu = components.backend(role).device == "cuda"
    return replace(options, workers=options.gpu_workers) if on_gpu else options


def sweep_steps(store: Store) -> None:
    """Remove batches that a killed worker left after its unit was committed."""
    for source in store.folders(FOLDER):
        for step in store.folders(f"{FOLDER}/{source}"):
            work = f"{FOLDER}/{source}/{step}/work"
            for name in sorted(store.sizes(work)):
                store.delete(f"{work}/{name}")
