"""Embeddings: a new head over a million pictures, like pictures among a million, and what embedding costs beside the model.

The build is made up: row files with their marks, and vectors of 768 dimensions in clusters, of which one in fifty repeats another
one with a little noise. The model is open_clip's ViT-B/32 with random weights on one thread; the bare loop gives it the same
batches, decoded and prepared before the clock starts.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from bench.common import Row
from bench.pictures import recipe, write_phrasecut
from ieiw.filters.near_vectors import near_vector_pairs
from ieiw.models.protocols import Embedder
from ieiw.models.roles import EMBED
from ieiw.models.torchvision_operators import declare_operators_on_import
from ieiw.pipelines.build.run import Options, build
from ieiw.pipelines.embed.worker import UnitEmbedder
from ieiw.pipelines.scoring.run import score
from ieiw.triplets.images.codec import ANY_SIZE, decode
from ieiw.triplets.layout.build_state import BuildState, SourceState, require_state, save_state
from ieiw.triplets.layout.embeddings import ELSEWHERE, to_bytes, vector_table, vectors_file, write_elsewhere, write_note
from ieiw.triplets.layout.marks import mark_of
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.layout.rows import ROWS, Mark, mark_metadata, to_parquet
from ieiw.triplets.layout.samples import read_samples
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.store import Store, open_store

_PICTURES, _UNIT, _DIMENSION = 1_000_000, 5_000, 768
_LIKE = 0.95


def run() -> list[Row]:
    """All of them."""
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        # In this order: the model sets the whole process to one thread.
        return [*head_and_likeness(Path(folder) / "large", _PICTURES), *embedding(Path(folder) / "small")]


def head_and_likeness(folder: Path, pictures: int) -> list[Row]:
    """A head by ``score``, and pairs of like pictures."""
    vectors = clustered(pictures)
    store = embedded_build(folder, vectors)
    weights = folder / "head.pth"
    torch.save({"weight": torch.randn(1, _DIMENSION), "bias": torch.zeros(1)}, weights)
    began = time.monotonic()
    result = score(store.location, ["aesthetic-v1-l14"], score_options={"aesthetic-v1-l14": {"weights": str(weights)}})
    head = time.monotonic() - began
    if result.values["aesthetic-v1-l14"] != pictures:
        raise RuntimeError(f"{result.values} values for {pictures} pictures")
    began = time.monotonic()
    first, _, _ = near_vector_pairs(vectors, _LIKE)
    like = time.monotonic() - began
    planted = pictures // 50
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return [
        Row(f"a new head over {pictures:,} embedded pictures", f"{head:.1f} s", "20 s", head < 20),
        Row(
            f"pairs with a cosine of {_LIKE} and more among {pictures:,} (of {planted:,} planted ones {len(first):,} found)",
            f"{like:.0f} s",
            "stated; 95 % found",
            0.95 * planted <= len(first),
        ),
        Row("peak memory of both, vectors included", f"{memory:.1f} GiB", "stated", True),
    ]


def clustered(count: int) -> npt.NDArray[np.float16]:
    """(count, 768), length 1: clusters with noise of their own; the last fiftieth repeats the first with a little more."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(4_000, _DIMENSION)).astype(np.float32)
    made = np.empty((count, _DIMENSION), np.float16)
    planted = count // 50
    for start in range(0, count, 20_000):
        rows = np.arange(start, min(start + 20_000, count))
        noise = random.normal(size=(len(rows), _DIMENSION)).astype(np.float32)
        values = centres[random.integers(0, len(centres), len(rows))] + 0.7 * noise
        again = rows >= count - planted
        if again.any():
            values[again] = made[rows[again] - (count - planted)].astype(np.float32) * 40 + 0.2 * noise[again]
        made[rows] = values / np.linalg.norm(values, axis=1, keepdims=True)
    return made


def embedded_build(folder: Path, vectors: npt.NDArray[np.float16]) -> Store:
    """A complete build of units without triplets of their own, embedded."""
    store = open_store(folder)
    units = -(-len(vectors) // _UNIT)
    source = SourceState(fingerprint="0" * 64, inputs={}, records=0, attempts=0, units=units, faults=0)
    made = Recipe.model_validate({"sources": [{"name": "made-up", "root": "x", "tasks": ["removal"]}]})
    backends = {"inpaint": {"name": "noop", "stand_in": "yes"}}
    save_state(store, BuildState(state="complete", recipe=made, backends=backends, sources={"made-up": source}))
    for ref in source.refs("made-up"):
        some = vectors[ref.number * _UNIT : (ref.number + 1) * _UNIT]
        mark = Mark(ref.unit, "made-up", len(some), len(some), 0, "x", 0, "", "", "")
        store.publish_bytes(ref.rows, to_parquet([], ROWS, mark_metadata(mark)))
        ids = [f"{ref.number * _UNIT + at:064x}" for at in range(len(some))]
        store.publish_bytes(vectors_file("clip-l14", "pictures", ref), to_bytes(vector_table(ids, some)))
    write_elsewhere(store, "clip-l14", ELSEWHERE.empty_table())
    write_note(store, "clip-l14", {"settings": {"embedder": "clip-l14"}, "index": [], "complete": True})
    return store


def embedding(folder: Path) -> list[Row]:
    """A unit's embedding against the model alone."""
    share, _ = share_of_model(
        folder, "clip-b32", {"weights": str(random_clip("ViT-B-32", folder)), "device": "cpu"}, 24
    )
    return [
        Row("embedding units over the bare model, ViT-B/32 on one thread", f"{share:.2f}", "at least 0.9", share >= 0.9)
    ]


def random_clip(architecture: str, folder: Path) -> Path:
    """OpenAI's form of a CLIP with random weights, in a file as published ones are."""
    declare_operators_on_import()
    import open_clip

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    file = folder / f"{architecture}.pt"
    torch.save(open_clip.create_model(architecture, force_quick_gelu=True).state_dict(), file)
    return file


def share_of_model(folder: Path, embedder: str, options: Mapping[str, Any], pictures: int) -> tuple[float, float]:
    """How much of the bare model's rate remains when units are embedded, and pictures a second: the median of three rounds."""
    root = write_phrasecut(folder / "in" / "VGPhraseCut_v0", pictures)
    build(recipe(root, backend="noop"), folder / "out", Options(workers=1))
    store = open_store(folder / "out")
    refs = [ref for ref in require_state(store).refs() if mark_of(store, ref.rows).built]
    write_elsewhere(store, embedder, ELSEWHERE.empty_table())
    marks: list[str] = []

    def mark(ref: UnitRef) -> str:
        marks.append(f"bench/{len(marks)}.parquet")
        return marks[-1]

    worker, model = UnitEmbedder(store.location, embedder, options, mark), EMBED.make(embedder, options)
    batches = [_prepared(store, model, ref) for ref in refs]
    count = sum(len(images) for images, _ in batches)
    found = []
    for _ in range(3):
        began = time.monotonic()
        for ref in refs:
            worker.work(ref)
        ours, began = time.monotonic() - began, time.monotonic()
        for images, texts in batches:
            model.images(images)
            model.texts(texts)
        found.append(((time.monotonic() - began) / ours, count / ours))
    return sorted(found)[1]


def _prepared(store: Store, model: Embedder, ref: UnitRef) -> tuple[list[npt.NDArray[np.float32]], list[str]]:
    with store.open(ref.rows) as file:
        rows = read_table(file)
    pictures = {
        row[f"{role}_sha256"]: data
        for row, members in read_samples(store, rows)
        for role, data in members.items()
        if role != "json"
    }
    images = [model.prepare(np.ascontiguousarray(decode(data, ANY_SIZE).pixels)) for data in pictures.values()]
    return images, list(dict.fromkeys(rows["instruction"].to_pylist()))
