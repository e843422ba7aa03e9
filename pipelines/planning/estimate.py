"""``ieiw plan``: what a recipe comes to, before anything runs."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from ieiw.models.roles import ROLES
from ieiw.pipelines.planning.foreseen import on_disk, planned, refused, repeated
from ieiw.pipelines.planning.planner import PlannedUnit, triplet_bytes
from ieiw.pipelines.planning.prepare import empty_message, prepare, units_of
from ieiw.pipelines.recipe.check import problems, with_source
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.recipe.holdout import looking_alike, not_held_out
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.build_state import SourceState
from ieiw.triplets.layout.plan import PlanSize
from ieiw.triplets.layout.recipe import Recipe, SourceSettings
from ieiw.triplets.rejects import Reason, Refusal
from ieiw.triplets.settings.yaml_file import Strict
from ieiw.triplets.storage.store import Store, open_store

_SECONDS_PER_MEGAPIXEL = 0.12
"""CPU seconds per million output pixels of a triplet without a model; measured, see docs/benchmarks.md. Backends add their cost."""


class Estimate(Strict):
    """One source's line of the plan.

    Attributes:
        name: of the source.
        records: annotated inputs, faulty ones included.
        faults: attempts that are known to make no triplet, ``refused`` by reason. Pictures may refuse more.
        attempts: records by tasks and variants.
        units: work units, one shard each.
        repeated: task -> share of the variants of its first records that equal another and will be rejected.
        triplets: attempts without fault; bytes and time are estimates if every one of them succeeds.
        bytes: of the shards.
        core_seconds: on one core.
        weight: how often an epoch of training sees each triplet.
        epoch: samples of an epoch, ``int(weight * triplets)``; of ``expected`` triplets where the source cannot be counted.
        expected: triplets of the published set, by the recipe.
        missing: why the source cannot be counted; all counts are 0 then.
        lacking: file of the first sound record that is not there: the pictures lie elsewhere, or were not unpacked.
        unheld: known evaluation sets that may show its pictures and are not in ``hold_out``.
        alike: known evaluation sets that may show its pictures under other names and have no ``distance`` in ``hold_out``.
    """

    name: str
    records: int = 0
    faults: int = 0
    refused: dict[str, int] = {}
    repeated: dict[str, float] = {}
    attempts: int = 0
    units: int = 0
    triplets: int = 0
    bytes: int = 0
    core_seconds: float = 0.0
    weight: float = 1.0
    epoch: int = 0
    expected: int | None = None
    missing: str = ""
    lacking: str = ""
    unheld: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


def estimate(recipe: Recipe | Components, out: str = "") -> list[Estimate]:
    """Count every source of the recipe, or of its components; with ``out``, also write the plan there.

    Without ``out``, a source that is not on disk, or wrong in the recipe, has a line that says so; the others are counted.

    Raises:
        UsageError: with ``out``, all that is missing on disk or wrong in the recipe.
    """
    components = recipe if isinstance(recipe, Components) else Components(recipe)
    if out:
        store = open_store(out)
        sources = prepare(store, components).sources
        return [_written(components, store, name, source) for name, source in sources.items()]
    wrong = problems(components)
    return [_counted(components, settings, wrong.get(settings.name, "")) for settings in components.recipe.sources]


def _counted(components: Components, settings: SourceSettings, problem: str) -> Estimate:
    """A source's line, or why there is none: a damaged annotation file must not keep the others from being counted."""
    if not problem:
        try:
            return _count(components, settings)
        except UsageError as error:
            problem = with_source(settings.name, str(error))
    epoch = int((settings.expected or 0) * settings.weight)
    return Estimate(
        name=settings.name, weight=settings.weight, epoch=epoch, expected=settings.expected, missing=problem
    )


def _written(components: Components, store: Store, name: str, source: SourceState) -> Estimate:
    """The line of a source whose plan is on disk."""
    found = refused(on_disk(store, name, source), components.tasks(name))
    first = next(iter(units_of(components, components.recipe.source(name))), None)
    return _line(components, name, source, found, first)


def _count(components: Components, settings: SourceSettings) -> Estimate:
    records = attempts = units = 0
    found: Counter[str] = Counter()
    first: PlannedUnit | None = None
    for unit in units_of(components, settings):
        units += 1
        if first is None and any(each.record.fault is None for each in unit.attempts):
            first = unit
        attempts += len(unit.attempts)
        found += refused(planned(unit), components.tasks(settings.name))
        records += sum(1 for _ in groupby(unit.attempts, key=lambda attempt: attempt.record.id))
    if attempts == 0:
        raise UsageError(empty_message(settings))
    size = PlanSize(units, records, attempts, found.total())
    line = _line(components, settings.name, size, found, first)
    sound = (each.record for each in first.attempts if each.record.fault is None) if first else iter(())
    for reference in next((record.files.values() for record in sound), ()):
        try:
            components.source(settings.name).read(reference)
        except Refusal as refusal:
            if refusal.reason is Reason.PICTURE_MISSING:
                return line.model_copy(update={"lacking": reference})
    return line


def _line(
    components: Components, name: str, size: PlanSize | SourceState, found: Counter[str], first: PlannedUnit | None
) -> Estimate:
    recipe = components.recipe
    image, settings = recipe.image_of(name), recipe.source(name)
    sound = size.attempts - found.total()
    megapixels = image.short_side * image.short_side * 4 / 3 / 1e6
    chosen = {role: recipe.backends[role].name for role in components.roles(name) & recipe.backends.keys()}
    models = sum(ROLES[role].load(each).cost for role, each in chosen.items() if each in ROLES[role].backends)
    return Estimate(
        name=name,
        records=size.records,
        faults=found.total(),
        refused=dict(sorted(found.items())),
        repeated=repeated(components, name, first),
        attempts=size.attempts,
        units=size.units,
        triplets=sound,
        bytes=sound * triplet_bytes(image.short_side, image.format),
        core_seconds=round(sound * megapixels * (_SECONDS_PER_MEGAPIXEL + models), 1),
        weight=settings.weight,
        epoch=int(sound * settings.weight),
        expected=settings.expected,
        unheld=tuple(not_held_out(recipe, settings)),
        alike=tuple(looking_alike(recipe, settings)),
    )
