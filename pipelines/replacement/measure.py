"""How long the steps of a source's replacements take here: a few attempts are done with the recipe's own models."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from tempfile import TemporaryDirectory

from ieiw.pipelines.planning.prepare import units_of
from ieiw.pipelines.recipe import fingerprint
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.replacement.chain import steps_of
from ieiw.pipelines.replacement.step import ROLES, TASK
from ieiw.triplets.layout.build_state import BuildState, save_state, source_state
from ieiw.triplets.layout.plan import UnitRef, plan_rows, write_plan
from ieiw.triplets.layout.replacement import count_outcomes
from ieiw.triplets.records import Attempt
from ieiw.triplets.storage.store import open_store


@dataclass(frozen=True, slots=True)
class Measured:
    """One step.

    Attributes:
        step: its name.
        device: of its model.
        attempts: that came into it.
        standing: that it left standing.
        seconds: for one that came into it.
    """

    step: str
    device: str
    attempts: int
    standing: int
    seconds: float


def measure(components: Components, name: str, count: int) -> list[Measured]:
    """Do the steps for a source's first attempts in a folder that is thrown away. The first one warms the models up.

    Args:
        components: of the recipe.
        name: of the source.
        count: attempts beside the one that warms up.

    Raises:
        UsageError: no gallery, no weights, or an endpoint that does not answer.
    """
    wanted = (each for unit in units_of(components, components.recipe.source(name)) for each in unit.attempts)
    attempts = list(islice((each for each in wanted if each.task == TASK and each.record.fault is None), 1 + count))
    with TemporaryDirectory() as folder:
        refs = _planned(folder, components, name, [attempts[:1], attempts[1:]])
        inputs = fingerprint.inputs(components, name)
        store, found, left = open_store(folder), list[Measured](), max(0, len(attempts) - 1)
        for stage in steps_of(components, name, inputs):
            worker = stage.worker(folder)
            worker.work(refs[0])
            began = time.monotonic()
            worker.work(refs[1])
            seconds = time.monotonic() - began
            standing, _ = count_outcomes(store, stage.mark(refs[1]))
            found.append(Measured(stage.name, _device(components, stage.name), left, standing, seconds / max(1, left)))
            left = standing
        return found


def _planned(folder: str, components: Components, name: str, units: Sequence[Sequence[Attempt]]) -> list[UnitRef]:
    """A build of these units alone, planned."""
    store, inputs = open_store(folder), fingerprint.inputs(components, name)
    first = UnitRef(name, fingerprint.fingerprint(components, name, inputs), 0, 0)
    refs = [replace(first, number=number) for number in range(len(units))]
    size = write_plan(store, (plan_rows(each, ref.unit) for each, ref in zip(units, refs, strict=True)), first)
    source = source_state(first.fingerprint, inputs, size)
    save_state(store, BuildState(state="planned", recipe=components.recipe, backends={}, sources={name: source}))
    return refs


def _device(components: Components, step: str) -> str:
    role = ROLES[step]
    if role not in components.recipe.backends:
        return "cpu"
    return components.backend(role).device
