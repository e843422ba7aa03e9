"""``ieiw score``: score every picture and pair of a complete build, unit by unit, and keep one value a distinct picture."""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ieiw.filters.protocols import PairScore, PictureHash, PictureScore
from ieiw.filters.registry import SCORES
from ieiw.filters.registry import score as make_score
from ieiw.pipelines.build.run import Options, Progress, beam_flags, check_beam_args, log_folder
from ieiw.pipelines.engine.supervisor import Work, run_driver
from ieiw.pipelines.layout.build_state import BuildState, require_state
from ieiw.pipelines.layout.marks import fetch, mark_of
from ieiw.pipelines.layout.plan_files import UnitRef
from ieiw.pipelines.scoring.worker import damage_name, part_name, value_type
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.store import Store, open_store

_TOLD = 5  # damaged units that a message names
EMBEDDED = tuple(sorted(SCORES))
"""The scores that need no weights: all of today's."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scoring run came to, for each score: values kept and how many of them are NaN."""

    values: dict[str, int]
    undefined: dict[str, int]
    progress: Progress


def score(
    out: str,
    names: Sequence[str] = EMBEDDED,
    options: Options | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> Scored:
    """Score what is not scored yet.

    Args:
        out: a complete build.
        names: scores by name.
        options: workers and Beam flags.
        report: told about progress twice a second.

    Raises:
        UsageError: an unknown score, a build that is not complete, or damaged shards: all others are scored, and that is kept.
        WorkerDiedError, DriverFailedError: as for a build; what is scored is kept.
    """
    for name in names:
        make_score(name)
    check_beam_args(options or Options())
    store = open_store(out)
    state = require_state(store)
    if state.state != "complete":
        raise UsageError(f"{store.location}: the build is not complete; finish it first: ieiw build")
    fresh = [name for name in names if fresh_note(store, state, name) is None]
    progress = Progress(units=0, attempts=0)
    if fresh:
        refs = [ref for ref in state.refs() if mark_of(store, ref.rows).built]
        _run(store, refs, fresh, options or Options(), progress, report)
        _merge(store, state, refs, fresh)
    kept = {name: _note(store, name) for name in names}
    return Scored(
        {name: int(note["values"]) for name, note in kept.items()},
        {name: int(note["undefined"]) for name, note in kept.items()},
        progress,
    )


def _run(
    store: Store,
    refs: Sequence[UnitRef],
    names: Sequence[str],
    options: Options,
    progress: Progress,
    report: Callable[[Progress], None],
) -> None:
    """Have every unit without committed scores scored."""

    def poll() -> None:
        done = _parts(store) & wanted.keys()
        progress.done_units, progress.built = len(done), sum(wanted[part] for part in done)
        progress.seconds = time.monotonic() - started
        report(progress)

    started = time.monotonic()
    present = _parts(store)
    left = [ref for ref in refs if part_name(ref, names) not in present]
    wanted = {part_name(ref, names): mark_of(store, ref.rows).built for ref in left}
    progress.units, progress.attempts = len(left), sum(wanted.values())
    if left:
        log = log_folder(store) / f"score-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
        work = Work("ieiw.pipelines.scoring.worker:UnitScorer", {"scores": ",".join(names)})
        notes = {damage_name(part) for part in wanted}
        _taken(store, notes)
        run_driver(store, left, beam_flags(options, len(left)), log, poll, work)
        poll()
        _check_whole(store, _taken(store, notes))


def _taken(store: Store, notes: set[str]) -> list[str]:
    """What units noted of damage, by name; the notes are taken away."""
    found = sorted(notes & _parts(store))
    texts = [store.read(name).decode() for name in found]
    for name in found:
        store.delete(name)
    return texts


def _check_whole(store: Store, found: Sequence[str]) -> None:
    """Raise where units found damage."""
    if found:
        told = "; ".join(found[:_TOLD])
        more = f"; and {len(found) - _TOLD:,} more" if len(found) > _TOLD else ""
        raise UsageError(
            f"{store.location}: damaged, see `ieiw lint`: {told}{more}. Bring the shards back, or delete their row files and run "
            "the same `ieiw build`, which makes them again; then score again: what is scored is kept"
        )


def _parts(store: Store) -> set[str]:
    return {f"scores/parts/{name}" for name in store.sizes("scores/parts")}


def _merge(store: Store, state: BuildState, refs: Sequence[UnitRef], names: Sequence[str]) -> None:
    """Bring the units' parts together: for each score one file with a value for each distinct picture (or for each key)."""
    parts = [part_name(ref, names) for ref in refs]
    for name in names:
        made = make_score(name)
        keys, values = _gather(store, parts, made)
        table = pa.table({"id": keys, "value": pa.array(values, value_type(made))})
        spooled = store.spool() / uuid.uuid4().hex
        pq.write_table(table, spooled, compression="zstd")
        store.publish(f"scores/{name}/values.parquet", spooled)
        note = settings_of(state, made) | {
            "ids_sha256": ids_digest(keys),
            "values": len(values),
            "undefined": int(np.isnan(values.astype(np.float64)).sum()),
        }
        store.publish_bytes(f"scores/{name}/score.json", (json.dumps(note, indent=2, sort_keys=True) + "\n").encode())
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


def _gather(
    store: Store, parts: Sequence[str], made: PictureScore | PairScore | PictureHash
) -> tuple[pa.Array, npt.NDArray[Any]]:
    """Ids (SHA-256 of pictures in hex, or keys of pairs), sorted and distinct, with their values."""
    roles = ("pair",) if isinstance(made, PairScore) else ("source", "target")
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


def settings_of(state: BuildState, made: PictureScore | PairScore | PictureHash) -> dict[str, Any]:
    """What the values depend on."""
    return {
        "name": made.name,
        "version": made.version,
        "better": made.better,
        "kind": "pair" if isinstance(made, PairScore) else "picture",
        "short_side": {source.name: state.recipe.image_of(source.name).short_side for source in state.recipe.sources},
        "index": [part.sha256 for part in state.index],
    }


def _note(store: Store, name: str) -> dict[str, Any]:
    return dict(json.loads(store.read(f"scores/{name}/score.json")))


def fresh_note(store: Store, state: BuildState, name: str) -> dict[str, Any] | None:
    """What ``score.json`` says of a score; None where it is missing, of another version, or of other shards."""
    try:
        note = _note(store, name)
    except FileNotFoundError:
        return None
    settings = settings_of(state, make_score(name))
    return note if {key: note.get(key) for key in settings} == settings else None
