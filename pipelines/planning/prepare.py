"""From a recipe and a folder to a planned build: plan what is new, keep what is there, refuse what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ieiw.pipelines.planning.planner import PlannedUnit, plan_units, triplet_bytes
from ieiw.pipelines.recipe import fingerprint
from ieiw.pipelines.recipe.check import check
from ieiw.pipelines.recipe.components import Components
from ieiw.triplets.errors import Step, UsageError, human_bytes
from ieiw.triplets.layout.borrowed import check_own
from ieiw.triplets.layout.build_state import BuildState, check_whole, load_state, save_state, source_state
from ieiw.triplets.layout.plan import UnitRef, plan_rows, write_plan
from ieiw.triplets.layout.recipe import Recipe, SourceSettings
from ieiw.triplets.layout.takedown import tombstones
from ieiw.triplets.rejects import Refusal
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import Store

_LEFT_OVER_ATTEMPTS = 1.1  # a disk check that is right to the last byte would still be wrong


@dataclass(frozen=True, slots=True)
class SourceDigest:
    """What decides a source's triplets, before anything is planned."""

    fingerprint: str
    inputs: dict[str, str]


def digests(components: Components) -> dict[str, SourceDigest]:
    """Fingerprint of every source of the recipe. Reads annotation files only where their digest is not cached.

    Raises:
        UsageError: a root, an annotation file, a data set or a task is unknown or missing.
    """
    check(components)
    found = {}
    for source in components.recipe.sources:
        inputs = fingerprint.inputs(components, source.name)
        found[source.name] = SourceDigest(fingerprint.fingerprint(components, source.name, inputs), inputs)
    return found


def changed_sources(state: BuildState, found: Mapping[str, SourceDigest]) -> list[str]:
    """Sources of the build that the recipe no longer has, or has with another fingerprint."""
    return [
        name
        for name, source in state.sources.items()
        if name not in found or found[name].fingerprint != source.fingerprint
    ]


def prepare(
    store: Store,
    components: Components,
    replaced: frozenset[str] = frozenset(),
    found: Mapping[str, SourceDigest] | None = None,
) -> BuildState:
    """Plan every source that the build does not have yet and save the state; a planned build is left as it is.

    Args:
        store: of the build.
        components: of the recipe to plan.
        replaced: sources that may have changed; they are planned again.
        found: what :func:`digests` gives for the recipe, where the caller has it already.

    Raises:
        UsageError: a source changed since the build began and is not named in ``replaced``.
    """
    check_own(store)
    state, recipe = load_state(store), components.recipe
    if state is not None:
        check_whole(store, state)
    found = digests(components) if found is None else found
    changed = changed_sources(state, found) if state is not None else []
    _check_changes(store, state, found, replaced)
    if state is not None and not changed and set(state.sources) == set(found):
        updated = state.model_copy(update={"recipe": recipe})  # may differ in what no fingerprint covers, such as roots
        if updated != state:
            save_state(store, updated)
        return updated
    sources = {} if state is None else {name: each for name, each in state.sources.items() if name not in changed}
    gone = tombstones(store)
    for settings in recipe.sources:
        if settings.name in sources:
            continue
        digest = found[settings.name]
        first = UnitRef(settings.name, digest.fingerprint, 0, 0)
        units = units_of(components, settings)
        rows = (gone.over(plan_rows(unit.attempts, replace(first, number=unit.number).unit)) for unit in units)
        size = write_plan(store, rows, first)
        if size.attempts == 0:
            raise UsageError(f"source {settings.name}: {empty_message(settings)}")
        sources[settings.name] = source_state(digest.fingerprint, digest.inputs, size)
    # By name, as build.json gives them back: the index must come out alike in this process and after a restart.
    ordered = dict(sorted(sources.items()))
    planned = BuildState(
        state="planned", recipe=recipe, backends=fingerprint.backends(components, *found), sources=ordered
    )
    save_state(store, planned)
    reach("build-planned")
    return planned


def _check_changes(
    store: Store, state: BuildState | None, found: Mapping[str, SourceDigest], replaced: frozenset[str]
) -> None:
    """Hold the build's sources against the recipe's.

    Raises:
        UsageError: a name to replace is unknown, or a source changed that is not to be replaced.
    """
    known = found.keys() | (state.sources.keys() if state else ())
    if unknown := sorted(replaced - known):
        raise UsageError(f"to be replaced: no source is called {unknown[0]!r}. Known: {', '.join(sorted(known))}")
    refused = [name for name in changed_sources(state, found) if name not in replaced] if state else []
    if state is None or not refused:
        return
    name, built = refused[0], f"{store.location} was built"
    step = Step(values={"replace": name})
    if name not in found:
        raise UsageError(f"{built} with source {name}, which the recipe lacks. Put it back, or drop its triplets", step)
    files = [file for file, digest in found[name].inputs.items() if state.sources[name].inputs.get(file) != digest]
    what = f"its file {files[0]} changed" if files else "its parameters, backend or code version changed"
    raise UsageError(f"{built} with another {name}: {what}. Build elsewhere, or build that source again", step)


def units_of(components: Components, settings: SourceSettings) -> Iterator[PlannedUnit]:
    """The units of one of the recipe's sources, one at a time.

    Raises:
        UsageError: an annotation file is damaged, or may not be read.
    """
    recipe = components.recipe
    try:
        yield from plan_units(
            components.source(settings.name),
            settings.name,
            settings.tasks,
            variants=settings.variants,
            attempts_per_unit=attempts_per_unit(recipe, settings.name),
            key=f"{recipe.seed}\0{settings.name}",
        )
    except Refusal as error:
        raise UsageError(f"source {settings.name}: {error}") from error


def empty_message(settings: SourceSettings) -> str:
    """What is said of a source without records, when it is planned and when it is built."""
    return f"split {settings.split!r} of {settings.root} holds no records. Another `split` or `root` may; or take the source out."


def attempts_per_unit(recipe: Recipe, name: str) -> int:
    """How many attempts of a source fill ``unit_bytes`` if all of them succeed."""
    return max(1, recipe.unit_bytes // _bytes_each(recipe, name))


def _bytes_each(recipe: Recipe, name: str) -> int:
    image = recipe.image_of(name)
    return triplet_bytes(image.short_side, image.format)


def check_disk(store: Store, recipe: Recipe, attempts: Mapping[str, int]) -> None:
    """Refuse to start a build that the disk cannot hold.

    Raises:
        UsageError: free space is below the estimate for the attempts still to make.
    """
    free = store.free_bytes()
    total = sum(count * _bytes_each(recipe, name) for name, count in attempts.items())
    needed = int(total * _LEFT_OVER_ATTEMPTS)
    if free is not None and free < needed:
        raise UsageError(
            f"{store.location}: {human_bytes(needed)} are needed (estimate for {sum(attempts.values()):,} attempts), "
            f"{human_bytes(free)} are free. Free some, build elsewhere, or start all the same without this check.",
            Step(values={"disk_check": False}),
        )
