"""``ieiw plan``: what a recipe comes to, before anything runs."""

from __future__ import annotations

from itertools import groupby

from pipelines.plan import plan_units, triplet_bytes
from pipelines.prepare import attempts_per_unit, prepare
from pipelines.recipe import Recipe, SourceSettings, Strict
from pipelines.workshop import Workshop
from triplets.storage import open_store

SECONDS_PER_MEGAPIXEL = {"classical": 0.35, "noop": 0.12}
"""CPU seconds per million output pixels of a triplet, decode and encode included; measured, see docs/benchmarks.md."""
_USUAL_SECONDS = 1.0  # for a backend that was not measured


class Estimate(Strict):
    """One source's line of the plan. ``bytes`` and ``core_seconds`` are estimates if every sound attempt succeeds."""

    name: str
    records: int
    faults: int
    attempts: int
    units: int
    bytes: int
    core_seconds: float


def estimate(recipe: Recipe, out: str = "") -> list[Estimate]:
    """Count every source of the recipe; with ``out``, also write the plan there.

    Raises:
        UsageError: names what is missing on disk, or unknown in the recipe.
    """
    if out:
        state = prepare(open_store(out), recipe)
        return [
            _line(recipe, name, source.records, source.faults, source.attempts, source.units)
            for name, source in state.sources.items()
        ]
    Workshop(recipe).check()
    return [_count(recipe, settings) for settings in recipe.sources]


def _count(recipe: Recipe, settings: SourceSettings) -> Estimate:
    units = plan_units(
        Workshop(recipe).source(settings.name),
        settings.name,
        settings.tasks,
        variants=settings.variants,
        attempts_per_unit=attempts_per_unit(recipe, settings.name),
        key=f"{recipe.seed}\0{settings.name}",
    )
    records = faults = attempts = number = 0
    for unit in units:
        number += 1
        attempts += len(unit.attempts)
        faults += sum(1 for attempt in unit.attempts if attempt.record.fault is not None)
        records += sum(1 for _ in groupby(unit.attempts, key=lambda attempt: attempt.record.id))
    return _line(recipe, settings.name, records, faults, attempts, number)


def _line(recipe: Recipe, name: str, records: int, faults: int, attempts: int, units: int) -> Estimate:
    image = recipe.image_of(name)
    sound = attempts - faults
    megapixels = image.short_side * image.short_side * 4 / 3 / 1e6
    backend = recipe.backends.inpaint.name if Workshop(recipe).paints(name) else "noop"
    rate = SECONDS_PER_MEGAPIXEL.get(backend, _USUAL_SECONDS)
    return Estimate(
        name=name,
        records=records,
        faults=faults,
        attempts=attempts,
        units=units,
        bytes=sound * triplet_bytes(image.short_side, image.format),
        core_seconds=round(sound * megapixels * rate, 1),
    )
