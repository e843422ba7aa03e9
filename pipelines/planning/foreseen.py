"""What a plan knows of rejects to come: those that annotations and caps decide, and variants that must repeat themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from typing import cast

from ieiw.builders.assembly import Assembler
from ieiw.builders.catalogue import REPLACEMENT
from ieiw.builders.protocols import ModelTask, Task
from ieiw.pipelines.planning.planner import PlannedUnit
from ieiw.pipelines.recipe.components import Components
from ieiw.triplets.layout.build_state import SourceState
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.recipe import BackendChoice
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.records import Reject
from ieiw.triplets.rejects import Reason
from ieiw.triplets.storage.store import Store

Planned = tuple[str, str, int, str]
"""Group, task, variant and fault of an attempt."""
_ATTEMPTS, _VARIANTS = 120, 16
"""So many are made, and so many variants of each record, to see how far variants repeat themselves; it takes some seconds."""


def planned(unit: PlannedUnit) -> Iterator[Planned]:
    """The attempts of a unit."""
    for attempt in unit.attempts:
        fault = attempt.record.fault
        yield attempt.record.group, attempt.task, attempt.variant, fault.reason.value if fault else ""


def on_disk(store: Store, name: str, source: SourceState) -> Iterator[Planned]:
    """The attempts of a plan that was written."""
    refs = (UnitRef(name, source.fingerprint, 0, number) for number in range(source.units))
    for part in dict.fromkeys(ref.part for ref in refs):
        with store.open(part) as file:
            table = read_table(file, ["group", "task", "variant", "fault"])
        yield from zip(*(column.to_pylist() for column in table.columns), strict=True)


def refused(attempts: Iterable[Planned], tasks: Mapping[str, Task]) -> Counter[str]:
    """Reason -> attempts that make no triplet whatever the pictures show: the records' faults, and what is beyond a cap.

    Args:
        attempts: of whole groups, those of a group together.
        tasks: of the source.
    """
    found: Counter[str] = Counter()
    caps = {name: cast(ModelTask, task).cap for name, task in tasks.items() if task.roles}
    for _, group in groupby(attempts, key=lambda attempt: attempt[0]):
        sound: Counter[tuple[str, int]] = Counter()
        for _, task, variant, fault in group:
            if fault:
                found[fault] += 1
            else:
                sound[task, variant] += 1
        beyond = sum(max(0, count - caps[task]) for (task, _), count in sound.items() if task in caps)
        if beyond:
            found[Reason.PICTURE_CAP.value] += beyond
    return found


def repeated(components: Components, name: str, first: PlannedUnit | None) -> dict[str, float]:
    """Task -> share of the variants that equal another, of the source's first records; tasks that repeat nothing are left out.

    Nothing is painted for it: what a model makes is the same for all variants of a record. Replacements are left out: each variant
    replaces another region.
    """
    recipe = components.recipe
    if first is None or recipe.source(name).variants == 1:
        return {}
    cheap = Components(recipe.model_copy(update={"backends": {"inpaint": BackendChoice(name="noop")}}))
    sound = (
        each
        for each in first.attempts
        if each.record.fault is None and each.variant < _VARIANTS and each.task != REPLACEMENT
    )
    frame = recipe.source(name).frame
    assembler = Assembler(components.source(name), cheap.tasks(name), recipe.seed, cheap.artefacts(name), frame=frame)
    made: Counter[str] = Counter()
    same: Counter[str] = Counter()
    for verdict in assembler.run(islice(sound, _ATTEMPTS)):
        repeats = isinstance(verdict, Reject) and verdict.reason is Reason.SAME_AS_ANOTHER
        same[verdict.attempt.task] += repeats
        made[verdict.attempt.task] += repeats or not isinstance(verdict, Reject)
    return {task: round(count / made[task], 3) for task, count in same.items() if count}
