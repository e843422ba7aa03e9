"""Replacement with the stand-ins: what it costs outside the models, and what retrieval costs among a million regions.

Scenes are drawn (``ieiw make-scenes``), the gallery is theirs, and all five steps run in this process as a worker runs them, on one
thread; the first unit warms up. The models' share is the time inside their calls: the embedder's, the painter's, the captioner's.
All times are of the CPU, which other programs do not change much.

The large gallery is made up (``bench/gallery_regions.py``); its queries are 2,000 vectors of the same clusters, not 10,000. They
are searched for and held against the rules as a unit's are; opening and embedding pictures is among the steps above.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cv2
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bench.common import Row
from bench.gallery_regions import filling, queries, write_region_set
from bench.gallery_vectors import clusters
from ieiw.models.caption.labels import Labels
from ieiw.models.embed.descriptor import Descriptor
from ieiw.models.gallery.library import faiss
from ieiw.models.paint.blend import Blend
from ieiw.pipelines.build.worker import UnitBuilder
from ieiw.pipelines.gallery.regions.run import build_regions
from ieiw.pipelines.gallery.run import build
from ieiw.pipelines.planning.prepare import prepare
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.replacement.chain import steps_of
from ieiw.pipelines.replacement.retrieve import Retriever
from ieiw.pipelines.replacement.step import Step
from ieiw.synthetic import make_scenes
from ieiw.triplets.layout.build_state import BuildState, save_state
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.layout.regions import RegionRecipe
from ieiw.triplets.layout.replacement import Outcome, Retrieved
from ieiw.triplets.storage.store import open_store

_SCENES, _REGIONS, _ASKED = 120, 1_000_000, 2_000
_CALLS = ((Descriptor, ("prepare", "images")), (Blend, ("paint",)), (Labels, ("caption",)))
_BLEND = {"name": "blend"}
_RULES = {"min_share": 0.01, "min_side": 24, "min_sharpness": 0}  # drawn things are small and smooth, as in the demo


@contextmanager
def timed_models() -> Iterator[dict[str, float]]:
    """CPU seconds inside the stand-ins' calls, by class."""
    spent, inside = dict.fromkeys((kind.__name__ for kind, _ in _CALLS), 0.0), threading.local()

    def timed(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            if getattr(inside, "model", False):  # a call within a call is the outer one's
                return method(*arguments)
            inside.model, began = True, time.thread_time()
            try:
                return method(*arguments)
            finally:
                spent[name] += time.thread_time() - began
                inside.model = False

        return call

    with ExitStack() as stack:
        for kind, methods in _CALLS:
            for each in methods:
                stack.enter_context(patch.object(kind, each, timed(kind.__name__, getattr(kind, each))))
        yield spent


@dataclass(frozen=True, slots=True)
class Spent:
    """What the units of a build took after the first, which warms up.

    Attributes:
        outside: step -> CPU seconds of its worker outside the models.
        models: class -> CPU seconds inside it.
        built: triplets; as many as were painted, but for what is refused later.
        painted: attempts that the painter did.
    """

    outside: Mapping[str, float]
    models: Mapping[str, float]
    built: int
    painted: int


def recipe(root: Path, gallery: Path, paint: Mapping[str, Any]) -> Recipe:
    """Replacement of what the phrases of a data set name, by this painter."""
    task = {"gallery": str(gallery), "region": _RULES, "retrieve": {"min_similarity": 0.1}}
    source = {
        "name": "replacement",
        "dataset": "phrasecut",
        "root": str(root),
        "tasks": ["replacement"],
        "max_reject_share": 1,
        "task_options": {"replacement": task},
    }
    backends = {"embed": "descriptor", "paint": dict(paint), "caption": "labels"}
    return Recipe.model_validate({"unit_bytes": "8MB", "sources": [source], "backends": backends})


def workers_of(
    folder: Path, scenes: int, paint: Mapping[str, Any] = _BLEND
) -> tuple[dict[str, Any], Sequence[UnitRef]]:
    """Draw scenes, make their gallery and a plan; the worker of each step, and the units."""
    make_scenes(folder / "scenes", scenes, seed=0)
    root, gallery = folder / "scenes" / "VGPhraseCut_v0", folder / "regions"
    regions = {"sources": [{"name": "scenes", "dataset": "phrasecut", "root": str(root)}], "rules": _RULES}
    build_regions(RegionRecipe.model_validate(regions), str(gallery), "descriptor")
    store, components = open_store(folder / "build"), Components(recipe(root, gallery, paint))
    state = prepare(store, components)
    stages = steps_of(components, "replacement", state.sources["replacement"].inputs)
    workers: dict[str, Any] = {stage.name: stage.worker(store.location) for stage in stages}
    return workers | {"assemble": UnitBuilder(store.location)}, list(state.refs())


def steps(folder: Path, scenes: int = _SCENES) -> Spent:
    """Do all five steps here."""
    workers, (first, *others) = workers_of(folder, scenes)
    for worker in workers.values():
        worker.work(first)
    outside, counts = dict[str, float](), Counter[str]()
    spent = dict.fromkeys((kind.__name__ for kind, _ in _CALLS), 0.0)
    for name, worker in workers.items():
        began = time.process_time()
        with timed_models() as inside:
            for ref in others:
                counts.update(worker.work(ref))
        outside[name] = time.process_time() - began - sum(inside.values())
        spent = {name: spent[name] + seconds for name, seconds in inside.items()}
    return Spent(outside, spent, counts["built"], counts["painted"])


def retrieval(folder: Path, regions: int = _REGIONS, asked: int = _ASKED) -> float:
    """CPU seconds for each region that is to be replaced: the search among so many others, and the rules."""
    vectors = clusters(regions + asked, Descriptor().dimension, "own")
    gallery = folder / "many"
    build(str(gallery), filling(vectors[:regions]))
    write_region_set(str(gallery))
    store = open_store(folder / "asked")
    save_state(store, BuildState(state="planned", recipe=recipe(folder, gallery, _BLEND), backends={}, sources={}))
    worker = Retriever(store.location, Step("retrieve", (), "retrieved"))
    worker.rules = worker.components.replacement("replacement")
    regions_asked = queries(vectors[regions:])
    outcomes = [
        Outcome(each.region, each, (vector.tobytes(),))
        for each, vector in zip(regions_asked, vectors[regions:], strict=True)
    ]
    worker.searched(outcomes[:8])  # maps the gallery
    began = time.process_time()
    found = worker.searched(outcomes)
    seconds = time.process_time() - began
    if sum(isinstance(each.value, Retrieved) for each in found) < asked / 2:
        raise RuntimeError("most regions found nothing")
    return seconds / asked


def run(scenes: int = _SCENES, regions: int = _REGIONS, asked: int = _ASKED) -> list[Row]:
    """Both."""
    cv2.setNumThreads(1)
    faiss().omp_set_num_threads(1)
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder, threadpool_limits(1):
        spent = steps(Path(folder), scenes)
        query = retrieval(Path(folder), regions, asked)
    rest, painting = sum(spent.outside.values()), spent.models["Blend"] / spent.painted
    outside, share = rest / (rest + sum(spent.models.values())), query / painting
    by_step = ", ".join(f"{name} {seconds / spent.built * 1e3:.1f}" for name, seconds in spent.outside.items())
    return [
        Row(
            f"CPU outside the stand-ins, five steps, {spent.built:,} triplets of 256²",
            f"{outside:.1%} ({rest / spent.built * 1e3:.1f} ms a triplet: {by_step})",
            "10 %",
            outside <= 0.1,
        ),
        Row(
            f"retrieval among {regions:,} regions ({asked:,} queries)",
            f"{share:.1%} of painting ({query * 1e3:.1f} ms a query against {painting * 1e3:.0f} ms)",
            "5 %",
            share <= 0.05,
        ),
    ]
