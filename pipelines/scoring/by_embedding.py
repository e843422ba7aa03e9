"""Scores by embedding: no picture is read, so a new head over a million pictures takes seconds and needs no processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ieiw.filters.scores.base import EmbeddingPairScore, EmbeddingScore, VectorPairs
from ieiw.pipelines.engine.progress import Progress
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.embeddings import Kind, read_elsewhere, read_vectors, require_note, text_id, vectors_file
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.marks import mark_of
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.tables import read_table

Floats = npt.NDArray[np.float32]
_FILES_KEPT = 8  # files of other units, whose vectors pairs of this unit need

ByEmbedding = EmbeddingScore | EmbeddingPairScore
Found = tuple[list[pa.Array], list[Floats]]
"""Ids and values, unit by unit."""


def score_embeddings(
    index: Index, scores: Sequence[ByEmbedding], report: Callable[[Progress], None]
) -> tuple[dict[str, Found], dict[str, dict[str, Any]], Progress]:
    """Compute scores from a build's embeddings.

    Args:
        index: of the build.
        scores: :class:`EmbeddingScore` and :class:`EmbeddingPairScore`, each with its embedder.
        report: given the progress after each unit.

    Returns:
        Score -> ids and values, score -> what its embeddings are, and the progress.

    Raises:
        UsageError: the build is not embedded so, or has no texts that a score needs.
        DamageError: a file of vectors is not what was written.
    """
    refs = [ref for ref in index.state.refs() if mark_of(index.store, ref.rows).built]
    progress, began = Progress(units=len(refs) * len({score.embedder for score in scores})), time.monotonic()
    found: dict[str, Found] = {score.name: ([], []) for score in scores}
    settings: dict[str, dict[str, Any]] = {}
    for embedder in dict.fromkeys(score.embedder for score in scores):
        note = require_note(index.store, embedder, index.digests())
        mine = [score for score in scores if score.embedder == embedder]
        for score in mine:
            score.check_embeddings(note["settings"])
        settings |= {score.name: {"embedder": embedder, "embeddings": note["settings"]} for score in mine}
        unit = _Units(index, embedder, refs)
        for ref in refs:
            for score in mine:
                ids, values = unit.scored(ref, score)
                found[score.name][0].append(ids)
                found[score.name][1].append(values)
            progress.done_units += 1
            progress.counts["scored"] += len(unit.ids(ref))
            progress.seconds = time.monotonic() - began
            report(progress)
    return found, settings, progress


class _Units:
    """The vectors of one embedder, unit by unit."""

    def __init__(self, index: Index, embedder: str, refs: Sequence[UnitRef]) -> None:
        self._store, self._embedder = index.store, embedder
        self._refs = {f"{ref.source}-{ref.unit}": ref for ref in refs}
        self._elsewhere = read_elsewhere(index.store, embedder)
        self._kept: dict[tuple[Kind, UnitRef], tuple[list[str], Floats]] = {}

    def ids(self, ref: UnitRef) -> list[str]:
        """Pictures whose vectors the unit holds."""
        return self._read("pictures", ref)[0]

    def scored(self, ref: UnitRef, score: ByEmbedding) -> tuple[pa.Array, Floats]:
        """Ids of pictures, or keys, with their values."""
        if isinstance(score, EmbeddingScore):
            ids, vectors = self._read("pictures", ref)
            values = score.of_embeddings(vectors, ids) if ids else np.empty(0, np.float32)
            return pa.array(ids, pa.string()), np.asarray(values, np.float32)
        with self._store.open(ref.rows) as file:
            rows = read_table(file, ["key", "source_sha256", "target_sha256", "instruction"])
        pictures = dict(self._pictures_of(ref))
        width = next((len(vector) for vector in pictures.values()), 0)
        texts = np.empty((0, width), np.float32)
        if score.has_texts:
            ids, vectors = self._read("texts", ref)
            said = dict(zip(ids, vectors, strict=True))
            texts = _taken(said, [text_id(text) for text in rows["instruction"].to_pylist()], width)
        sources, targets = (
            _taken(pictures, rows[f"{role}_sha256"].to_pylist(), width) for role in ("source", "target")
        )
        pairs = VectorPairs(sources, targets, texts)
        return rows["key"].combine_chunks(), np.asarray(score.of_pairs(pairs), np.float32)

    def _pictures_of(self, ref: UnitRef) -> Iterator[tuple[str, Floats]]:
        """Id and vector of every picture of the unit's rows, wherever it lies."""
        yield from zip(*self._read("pictures", ref), strict=True)
        other = self._elsewhere.filter(pc.equal(self._elsewhere["unit"], ref.unit))
        for owner in pc.unique(other["owner"]).to_pylist():
            wanted = set(other.filter(pc.equal(other["owner"], owner))["id"].to_pylist())
            yield from (
                each for each in zip(*self._read("pictures", self._refs[owner]), strict=True) if each[0] in wanted
            )

    def _read(self, kind: Kind, ref: UnitRef) -> tuple[list[str], Floats]:
        if (kind, ref) not in self._kept:
            try:
                ids, vectors = read_vectors(self._store, vectors_file(self._embedder, kind, ref))
            except FileNotFoundError as error:
                what = "embeds no texts" if kind == "texts" else f"has lost {vectors_file(self._embedder, kind, ref)}"
                raise UsageError(f"{self._store.location}: {self._embedder} {what}; choose another embedder") from error
            while len(self._kept) >= _FILES_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[kind, ref] = ids, vectors.astype(np.float32)
        return self._kept[kind, ref]


def _taken(vectors: dict[str, Floats], ids: Sequence[str], width: int) -> Floats:
    """(ids, width); NaN where there is no such vector."""
    missing = np.full(width, np.nan, np.float32)
    return np.stack([vectors.get(each, missing) for each in ids])
