"""Makes a gallery of regions: plan, embed, index. Kill it at any instant: the next run goes on."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from ieiw.builders import catalogue
from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.options import parse_options
from ieiw.builders.protocols import Source
from ieiw.builders.record_kinds import Kind
from ieiw.builders.replacement.quality import QualityRules
from ieiw.models.protocols import Embedder
from ieiw.models.roles import EMBED
from ieiw.pipelines.engine.lock import Lock
from ieiw.pipelines.engine.run import check_beam_args, run_stage
from ieiw.pipelines.gallery.indexing import Means
from ieiw.pipelines.gallery.regions.stage import RegionStage
from ieiw.pipelines.gallery.regions.table import refused, vectors_file
from ieiw.pipelines.gallery.run import Filled, build
from ieiw.pipelines.gallery.sources import Filling, digest_of
from ieiw.pipelines.planning.planner import plan_units
from ieiw.pipelines.recipe import holdout
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.gallery import gallery_store, read_note
from ieiw.triplets.layout.plan import UnitRef, plan_rows, write_plan
from ieiw.triplets.layout.regions import WORK, RegionRecipe, RegionSet, read_set, write_set
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.folder import FolderStore
from ieiw.triplets.storage.store import Store, open_store

_GIVE_REGIONS = (Kind.REGIONED, Kind.OUTLINED)


def build_regions(
    recipe: RegionRecipe,
    location: str,
    embedder: str,
    backend_options: Mapping[str, Any] | None = None,
    means: Means | None = None,
) -> tuple[Filled, RegionSet]:
    """Make a gallery of the regions of data sets, doing only what is missing.

    Args:
        recipe: data sets and rules.
        location: folder of the gallery.
        embedder: a backend of the role ``embed``.
        backend_options: of that backend.
        means: to embed and to make the index by.

    Raises:
        UsageError: recipe, data or weights need mending; a gallery of something else lies there; no region is good.
        WorkerDiedError, DriverFailedError: as for a build; what is embedded is kept.
    """
    means = means or Means()
    check_beam_args(means.options.beam_args)
    parse_options(QualityRules, recipe.rules, "rules")
    model = EMBED.make(embedder, backend_options or {})
    sources = {each.name: _source(recipe, each.name) for each in recipe.sources}
    prints = {name: _fingerprint(recipe, name, source, model) for name, source in sources.items()}
    inputs = digest_of([prints, recipe.margin, recipe.crops])
    store = gallery_store(location)
    there = read_note(store)
    if there and there.inputs != inputs:
        raise UsageError(f"{store.location}: holds a gallery of something else. Give another folder")
    known = read_set(store)
    if there and known and known.kept:
        shutil.rmtree(Path(store.location) / WORK, ignore_errors=True)  # of a run that was killed at its very end
        return build(location, _filling(store, known, model, inputs), means), known
    work = open_store(f"{store.location}/{WORK}")
    with Lock(work, take_over=None, verb="gallery"):
        found = _planned(store, work, recipe, embedder, backend_options or {}, sources, prints, known)
        refs = [UnitRef(name, prints[name], 0, at) for name in sorted(prints) for at in range(found.units[name])]
        stage = RegionStage(gallery=store.location, dimension=model.dimension)
        run_stage(work, stage, refs, means.options, means.report)
        filled = build(location, _filling(store, found, model, inputs), means)
        counts = {name: _counts(work, [ref for ref in refs if ref.source == name]) for name in prints}
        found = found.model_copy(
            update={
                "kept": {name: kept for name, (kept, _) in counts.items()},
                "refused": {name: why for name, (_, why) in counts.items()},
            }
        )
        write_set(store, found)
    shutil.rmtree(Path(store.location) / WORK)
    return filled, found


def _source(recipe: RegionRecipe, name: str) -> Source:
    settings = recipe.source(name)
    source = catalogue.source(
        settings.data_set, name=name, root=settings.root, split=settings.split, options=settings.options
    )
    if source.gives not in _GIVE_REGIONS:
        others = [text for kind, text in source.choices.items() if kind in _GIVE_REGIONS]
        remedy = f"give it options: {others[0]}" if others else "take it out"
        raise UsageError(f"source {name}: its records hold {source.gives}, no outlined regions; {remedy}")
    held = holdout.relevant(recipe.hold_out, settings.data_set)
    return holdout.HeldOutSource(source, settings.data_set, held) if held else source


def _fingerprint(recipe: RegionRecipe, name: str, source: Source, model: Embedder) -> str:
    """Digest of all that decides the vectors of a source; where it lies is no part of it."""
    settings = recipe.source(name).model_dump(mode="json", exclude={"root"})
    root = Root(recipe.source(name).root)
    described = {key: value for key, value in model.describe().items() if key != "device"}
    held = [holdout.digest_of(each) for each in holdout.relevant(recipe.hold_out, recipe.source(name).data_set)]
    looks = [recipe.rules, recipe.margin, recipe.crops, recipe.pictures_per_unit]
    parts = [settings, *looks, held, source.version, described]
    return digest_of([parts, {file: root.fingerprint(file) for file in source.inputs()}])


def _planned(
    store: FolderStore,
    work: Store,
    recipe: RegionRecipe,
    embedder: str,
    options: Mapping[str, Any],
    sources: Mapping[str, Source],
    prints: dict[str, str],
    known: RegionSet | None,
) -> RegionSet:
    """The plan of every source, as it is or made now, and the note that workers read."""
    if known and known.fingerprints == prints and not known.kept:
        found = known.model_copy(update={"recipe": recipe, "options": dict(options)})
    else:
        units = {name: _plan(work, name, source, recipe, prints[name]) for name, source in sources.items()}
        found = RegionSet(recipe=recipe, embedder=embedder, options=dict(options), units=units, fingerprints=prints)
    write_set(store, found)
    return found


def _plan(work: Store, name: str, source: Source, recipe: RegionRecipe, fingerprint: str) -> int:
    first = UnitRef(name, fingerprint, 0, 0)
    units = plan_units(
        source, name, ("regions",), variants=1, attempts_per_unit=recipe.pictures_per_unit, key=f"regions\0{name}"
    )
    rows = (plan_rows(unit.attempts, replace(first, number=unit.number).unit) for unit in units)
    return write_plan(work, rows, first).units


def _filling(store: FolderStore, found: RegionSet, model: Embedder, inputs: str) -> Filling:
    work = open_store(f"{store.location}/{WORK}")

    def tables() -> Iterator[pa.Table]:
        for name in sorted(found.units):
            for number in range(found.units[name]):
                with work.open(vectors_file(UnitRef(name, found.fingerprints[name], 0, number))) as file:
                    table = read_table(file)
                yield table if found.recipe.crops else table.drop_columns(["crop"])

    settings = model.describe() | {"dimension": str(model.dimension)}
    return Filling(settings, model.stand_in, model.dimension, inputs, tables)


def _counts(work: Store, refs: list[UnitRef]) -> tuple[int, Counter[str]]:
    """Regions kept and refused, by reason."""
    import pyarrow.parquet as pq

    kept, why = 0, Counter[str]()
    for ref in refs:
        with work.open(vectors_file(ref)) as file:
            kept += pq.read_metadata(file).num_rows
        why += refused(work, ref)
    return kept, why
