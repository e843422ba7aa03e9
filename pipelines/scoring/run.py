"""Scores every picture and pair of a complete build, unit by unit, and keeps one value a distinct picture."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ieiw.filters.registry import embedded, make
from ieiw.filters.scores.base import EmbeddingPairScore, EmbeddingScore, Score
from ieiw.pipelines.engine.lock import beside
from ieiw.pipelines.engine.progress import Progress
from ieiw.pipelines.engine.run import RunOptions, check_beam_args, run_stage
from ieiw.pipelines.engine.stage import pending
from ieiw.pipelines.index.score_notes import facts_of, fresh_note, value_type
from ieiw.pipelines.scoring.by_embedding import score_embeddings
from ieiw.pipelines.scoring.stage import ScoreStage
from ieiw.triplets.layout.borrowed import check_writable
from ieiw.triplets.layout.build_state import BuildState
from ieiw.triplets.layout.embeddings import read_note as read_embedding_note
from ieiw.triplets.layout.index import Index, open_build
from ieiw.triplets.layout.marks import fetch, mark_of, set_aside
from ieiw.triplets.layout.scores import TALLY, read_note, write_note, write_values
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.store import Store, open_store

Report = Callable[[Progress], None]
ScoreOptions = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scoring run came to.

    Attributes:
        values: score -> values kept.
        undefined: score -> how many of them are NaN.
        set_aside: units without values, because they killed the scorer again and again; to try one again, remove the folders of
            the scores.
        tallies: score -> what it tells of its work, such as tokens spent.
        progress: of this run.
    """

    values: dict[str, int]
    undefined: dict[str, int]
    set_aside: tuple[str, ...]
    tallies: dict[str, dict[str, int]]
    progress: Progress


def score(
    out: str,
    names: Sequence[str] | None = None,
    options: RunOptions | None = None,
    report: Report = lambda _: None,
    score_options: ScoreOptions | None = None,
) -> Scored:
    """Score what is not scored yet.

    Args:
        out: a complete build.
        names: scores by name; None for all that are embedded, :func:`ieiw.filters.registry.embedded`.
        options: workers and Beam flags.
        report: given the progress twice a second.
        score_options: score -> what it is made with, such as ``{"aesthetic-v2": {"weights": …}}``.

    Raises:
        UsageError: an unknown score or option, no weights, a build that is not complete or not embedded, or damaged shards: all
            others are scored, and that is kept; a take-down at work.
        WorkerDiedError, DriverFailedError: as for a build; what is scored is kept.
    """
    names = embedded() if names is None else names
    options = options or RunOptions()
    made = {name: make(name, (score_options or {}).get(name, {})) for name in names}
    check_beam_args(options.beam_args)
    store = open_store(out)
    index = open_build(store)
    wanted = [each for each in made.values() if not _is_fresh(store, index.state, each)]
    progress = Progress()
    if wanted:
        check_writable(store)
        with beside(store, "score"):
            progress = _score(open_build(store), wanted, score_options or {}, options, report)
    kept = {name: read_note(store, name) for name in names}
    return Scored(
        {name: int(note["values"]) for name, note in kept.items()},
        {name: int(note["undefined"]) for name, note in kept.items()},
        tuple(sorted({part for note in kept.values() for part in note.get("set_aside", [])})),
        {name: note["tally"] for name, note in kept.items() if "tally" in note},
        progress,
    )


def _score(
    index: Index, wanted: Sequence[Score], score_options: ScoreOptions, options: RunOptions, report: Report
) -> Progress:
    """Score by embedding, then by pixels; returns the progress of the last."""
    progress = Progress()
    by_embedding = [each for each in wanted if isinstance(each, EmbeddingScore | EmbeddingPairScore)]
    if by_embedding:
        found, settings, progress = score_embeddings(index, by_embedding, report)
        notes = {
            each.name: _publish(index, each, _gathered(*found[each.name]), settings[each.name]) for each in by_embedding
        }
        _finish(index.store, notes)
    if by_pixels := [each for each in wanted if each not in by_embedding]:
        progress = _score_pixels(index, by_pixels, score_options, options, report)
    return progress


def _is_fresh(store: Store, state: BuildState, made: Score) -> bool:
    """Whether a score's values are those that it would compute."""
    note = fresh_note(store, state, made.name)
    if note is None or any(what.startswith("no value") for what in note.get("tally", {})):
        return False
    settings: dict[str, Any] = note.get("settings", {})
    own: dict[str, Any] = {**made.describe()}
    if isinstance(made, EmbeddingScore | EmbeddingPairScore):
        embedding = read_embedding_note(store, made.embedder) or {}
        own |= {"embedder": made.embedder, "embeddings": embedding.get("settings")}
    return bool(settings == own)


def _score_pixels(
    index: Index, made: Sequence[Score], score_options: ScoreOptions, options: RunOptions, report: Report
) -> Progress:
    """Score by the shards' pictures, unit by unit, and bring the parts together."""
    store = index.store
    built = {ref: mark_of(store, ref.rows).built for ref in index.state.refs()}
    names = tuple(each.name for each in made)
    stage = ScoreStage(scores=names, options={name: score_options[name] for name in names if name in score_options})
    refs = [ref for ref, count in built.items() if count]
    items = sum(built[ref] for ref in pending(store, stage, refs))
    progress = run_stage(store, stage, refs, options, report, items=items)
    parts = [stage.mark(ref) for ref in refs]
    notes = {each.name: _publish(index, each, _gather(store, parts, each), {}) for each in made}
    aside, tallies = _told(store, parts)
    for name, note in notes.items():
        note |= {"set_aside": aside} if aside else {}
        note |= {"tally": dict(sorted(tallies[name].items()))} if name in tallies else {}
    # Last and together: once a note is there, its score needs the parts no more, and a run for the others has parts of its own.
    _finish(store, notes)
    for part in parts:
        store.delete(part)
    store.sweep()
    return progress


def _told(store: Store, parts: Sequence[str]) -> tuple[list[str], dict[str, Counter[str]]]:
    """Units that were set aside, and what each score tells of its work, added up."""
    aside: list[str] = []
    tallies: dict[str, Counter[str]] = {}
    for _, data in fetch(store, parts):
        metadata = pq.read_schema(pa.BufferReader(data)).metadata or {}
        if text := set_aside(metadata):
            aside.append(text)
        for name, tally in json.loads(metadata.get(TALLY, b"{}")).items():
            tallies.setdefault(name, Counter()).update(tally)
    return sorted(aside), tallies


def _publish(
    index: Index, made: Score, found: tuple[pa.Array, npt.NDArray[Any]], settings: dict[str, Any]
) -> dict[str, Any]:
    """Write a score's values; returns the note that makes them count."""
    keys, values = found
    write_values(index.store, made.name, keys, pa.array(values, value_type(made)))
    own = made.describe() | settings
    return ({"settings": own} if own else {}) | {
        **facts_of(index.state, type(made)),
        "ids_sha256": ids_digest(keys),
        "values": len(values),
        "undefined": int(np.isnan(values.astype(np.float64)).sum()),
    }


def _finish(store: Store, notes: dict[str, dict[str, Any]]) -> None:
    for name, note in notes.items():
        write_note(store, name, note)


def ids_digest(ids: pa.Array) -> str:
    """SHA-256 (hex) of an array of texts; scores of one pass share theirs, and readers read them once."""
    texts = pa.concat_arrays([ids.cast(pa.string())])
    digest = hashlib.sha256()
    for buffer in texts.buffers()[1:]:  # lengths, then letters
        digest.update(buffer or b"")
    return digest.hexdigest()


def _gather(store: Store, parts: Sequence[str], made: Score) -> tuple[pa.Array, npt.NDArray[Any]]:
    """Ids (SHA-256 of pictures in hex, or keys of pairs), sorted and distinct, with their values."""
    roles = ("pair",) if made.kind == "pair" else ("source", "target")
    ids: list[pa.Array] = []
    values: list[npt.NDArray[Any]] = []
    for _, data in fetch(store, parts):
        names = [
            name for role in roles for name in ("key" if role == "pair" else f"{role}_sha256", f"{role}.{made.name}")
        ]
        table = read_table(io.BytesIO(data), names)
        for role in roles:
            ids.append(table["key" if role == "pair" else f"{role}_sha256"].combine_chunks())
            values.append(table[f"{role}.{made.name}"].to_numpy())
    return _gathered(ids, values)


def _gathered(ids: Sequence[pa.Array], values: Sequence[npt.NDArray[Any]]) -> tuple[pa.Array, npt.NDArray[Any]]:
    """Ids sorted and distinct, with their values; what is not finite has no value."""
    # Offsets of 64 bits: 33 million digests in hex are more than 2 GiB.
    found = pa.concat_arrays([each.cast(pa.large_string()) for each in ids]) if ids else pa.array([], pa.large_string())
    order = pc.sort_indices(found).to_numpy()
    ordered = found.take(pa.array(order))
    fresh = np.ones(len(ordered), np.bool_)
    if len(ordered) > 1:
        fresh[1:] = pc.not_equal(ordered[1:], ordered[:-1]).to_numpy(zero_copy_only=False)
    kept = np.concatenate(values)[order][fresh] if values else np.empty(0, np.float32)
    if kept.dtype.kind == "f":
        kept = np.where(np.isfinite(kept), kept, np.nan).astype(np.float32)
    return ordered.filter(pa.array(fresh)), kept
