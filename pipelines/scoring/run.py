"""Scores every picture and pair of a complete build, unit by unit, and keeps one value a distinct picture."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ieiw.filters.registry import embedded, load
from ieiw.filters.scores.base import Score
from ieiw.pipelines.engine.progress import Progress
from ieiw.pipelines.engine.run import RunOptions, check_beam_args, run_stage
from ieiw.pipelines.engine.stage import pending
from ieiw.pipelines.index.score_notes import fresh_note, settings_of, value_type
from ieiw.pipelines.scoring.stage import SET_ASIDE, ScoreStage
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.borrowed import check_writable
from ieiw.triplets.layout.build_state import BuildState
from ieiw.triplets.layout.index import open_build
from ieiw.triplets.layout.marks import fetch, mark_of
from ieiw.triplets.layout.scores import read_note, write_note, write_values
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.store import Store, open_store


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scoring run came to.

    Attributes:
        values: score -> values kept.
        undefined: score -> how many of them are NaN.
        set_aside: units without values, because they killed the scorer again and again; to try one again, remove the folders of
            the scores.
        progress: of this run.
    """

    values: dict[str, int]
    undefined: dict[str, int]
    set_aside: tuple[str, ...]
    progress: Progress


def score(
    out: str,
    names: Sequence[str] | None = None,
    options: RunOptions | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> Scored:
    """Score what is not scored yet.

    Args:
        out: a complete build.
        names: scores by name; None for all that are embedded, :func:`ieiw.filters.registry.embedded`.
        options: workers and Beam flags.
        report: given the progress twice a second.

    Raises:
        UsageError: an unknown score or one that needs more than pixels, a build that is not complete, or damaged shards: all others
            are scored, and that is kept.
        WorkerDiedError, DriverFailedError: as for a build; what is scored is kept.
    """
    names = embedded() if names is None else names
    for name in names:
        if (needs := load(name).needs) != "pixels":
            raise UsageError(f"score {name}: it is computed from {needs}, which this build does not have")
    check_beam_args(options.beam_args if options else ())
    store = open_store(out)
    state = open_build(store).state
    fresh = [name for name in names if fresh_note(store, state, name) is None]
    progress = Progress()
    if fresh:
        check_writable(store)
        built = {ref: mark_of(store, ref.rows).built for ref in state.refs()}
        stage, refs = ScoreStage(scores=tuple(fresh)), [ref for ref, count in built.items() if count]
        items = sum(built[ref] for ref in pending(store, stage, refs))
        progress = run_stage(store, stage, refs, options or RunOptions(), report, items=items)
        _merge(store, state, [stage.mark(ref) for ref in refs], fresh)
    kept = {name: read_note(store, name) for name in names}
    return Scored(
        {name: int(note["values"]) for name, note in kept.items()},
        {name: int(note["undefined"]) for name, note in kept.items()},
        tuple(sorted({part for note in kept.values() for part in note.get("set_aside", [])})),
        progress,
    )


def _merge(store: Store, state: BuildState, parts: Sequence[str], names: Sequence[str]) -> None:
    """Bring the units' parts together: for each score one file with a value for each distinct picture (or for each key)."""
    metadata = (pq.read_schema(pa.BufferReader(data)).metadata or {} for _, data in fetch(store, parts))
    set_aside = sorted(each[SET_ASIDE].decode() for each in metadata if SET_ASIDE in each)
    notes = {}
    for name in names:
        made = load(name)()
        keys, values = _gather(store, parts, made)
        write_values(store, name, keys, pa.array(values, value_type(made)))
        notes[name] = settings_of(state, made) | {
            "ids_sha256": ids_digest(keys),
            "values": len(values),
            "undefined": int(np.isnan(values.astype(np.float64)).sum()),
        }
        if set_aside:
            notes[name]["set_aside"] = set_aside
    # Last and together: once a note is there, its score needs the parts no more, and a run for the others has parts of its own.
    for name, note in notes.items():
        write_note(store, name, note)
    for part in parts:
        store.delete(part)
    store.sweep()


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
        table = read_table(io.BytesIO(data))
        for role in roles:
            ids.append(table["key" if role == "pair" else f"{role}_sha256"].combine_chunks())
            values.append(table[f"{role}.{made.name}"].to_numpy())
    found = pa.concat_arrays([each.cast(pa.string()) for each in ids]) if ids else pa.array([], pa.string())
    order = pc.sort_indices(found).to_numpy()
    ordered = found.take(pa.array(order))
    fresh = np.ones(len(ordered), np.bool_)
    if len(ordered) > 1:
        fresh[1:] = pc.not_equal(ordered[1:], ordered[:-1]).to_numpy(zero_copy_only=False)
    kept = np.concatenate(values)[order][fresh] if values else np.empty(0, np.float32)
    return ordered.filter(pa.array(fresh)), kept
