"""Embeds every distinct picture and instruction of a complete build once; stop it and run it again at will."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.models.roles import EMBED
from ieiw.pipelines.embed.stage import EmbedStage
from ieiw.pipelines.engine.lock import beside
from ieiw.pipelines.engine.progress import Progress
from ieiw.pipelines.engine.run import RunOptions, check_beam_args, run_stage
from ieiw.pipelines.engine.stage import committed, pending
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.borrowed import check_writable
from ieiw.triplets.layout.embeddings import (
    ELSEWHERE,
    FOLDER,
    read_note,
    vectors_file,
    write_elsewhere,
    write_note,
)
from ieiw.triplets.layout.index import Index, open_build
from ieiw.triplets.layout.marks import mark_of, set_aside
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.storage.store import Store, open_store


@dataclass(frozen=True, slots=True)
class Embedded:
    """What an embedding run came to.

    Attributes:
        pictures: vectors of distinct pictures.
        texts: vectors of instructions; one that several units share counts once for each.
        set_aside: units without vectors, because they killed their worker again and again.
        stand_in: whether the embedder is no trained model.
        progress: of this run.
    """

    pictures: int
    texts: int
    set_aside: tuple[str, ...]
    stand_in: bool
    progress: Progress


def embed(
    out: str,
    embedder: str,
    backend_options: Mapping[str, Any] | None = None,
    options: RunOptions | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> Embedded:
    """Embed what is not embedded yet.

    Args:
        out: a complete build.
        embedder: a backend of the role ``embed``.
        backend_options: of that backend, such as ``weights``.
        options: workers and Beam flags.
        report: given the progress twice a second.

    Raises:
        UsageError: an unknown embedder or no weights; embeddings of that name by other weights; a build that is not complete, or
            damaged shards: all others are embedded, and that is kept; a take-down at work.
        WorkerDiedError, DriverFailedError: as for a build; what is embedded is kept.
    """
    check_beam_args(options.beam_args if options else ())
    store = open_store(out)
    index = open_build(store)
    model = EMBED.make(embedder, backend_options or {})
    stage = EmbedStage(embedder=embedder, options=dict(backend_options or {}), dimension=model.dimension)
    settings = model.describe() | {"dimension": str(model.dimension)}
    note = read_note(store, embedder)
    if note and note["settings"] != settings:
        raise UsageError(
            f"{store.location}/{FOLDER}/{embedder}: made with {_told(note['settings'])}, not with {_told(settings)}. Remove that "
            "folder to embed anew"
        )
    progress = Progress()
    if not (note and note["index"] == list(index.digests()) and note["complete"]):
        check_writable(store)
        note = {"settings": settings, "stand_in": model.stand_in}
        with beside(store, "embed"):
            note, progress = _embed(open_build(store), stage, note, options or RunOptions(), report)
    return Embedded(note["pictures"], note["texts"], tuple(note["set_aside"]), model.stand_in, progress)


def _embed(
    index: Index, stage: EmbedStage, note: Mapping[str, Any], options: RunOptions, report: Callable[[Progress], None]
) -> tuple[dict[str, Any], Progress]:
    """Embed what is left; returns the note, now complete."""
    store = index.store
    begun = {**note, "index": list(index.digests()), "complete": False}
    built = {ref: mark_of(store, ref.rows).built for ref in index.state.refs()}
    refs = [ref for ref, count in built.items() if count]
    write_note(store, stage.embedder, begun)
    write_elsewhere(store, stage.embedder, _elsewhere(index, stage, refs))
    items = sum(built[ref] for ref in pending(store, stage, refs))
    progress = run_stage(store, stage, refs, options, report, items=items)
    complete = begun | _counts(store, stage, refs) | {"complete": True}
    write_note(store, stage.embedder, complete)
    return complete, progress


def _told(settings: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value[:12]}" for name, value in sorted(settings.items()) if name != "embedder")


def _elsewhere(index: Index, stage: EmbedStage, refs: Sequence[UnitRef]) -> pa.Table:
    """The pictures of each unit that an earlier one embeds: in the order of the index, after all that is embedded already."""
    unit_of = {ref.unit: ref for ref in refs}
    done = committed(index.store, [stage.mark(ref) for ref in refs])
    owner: dict[bytes, str] = {}
    for ref in refs:
        if stage.mark(ref) in done:
            with index.store.open(stage.mark(ref)) as file:
                for each in read_table(file, ["id"])["id"].to_pylist():
                    owner.setdefault(bytes.fromhex(each), ref.unit)
    found: dict[tuple[str, bytes], str] = {}
    for table in index.tables(["unit", "source_sha256", "target_sha256"]):
        units = table["unit"].to_pylist()
        for role in ("source_sha256", "target_sha256"):
            for unit, text in zip(units, table[role].to_pylist(), strict=True):
                digest = bytes.fromhex(text)
                first = owner.setdefault(digest, unit)
                if first != unit:
                    found[unit, digest] = first
    columns = {
        "unit": [unit for unit, _ in found],
        "id": [digest.hex() for _, digest in found],
        "owner": [f"{unit_of[first].source}-{first}" for first in found.values()],
    }
    return pa.table(columns, schema=ELSEWHERE)


def _counts(store: Store, stage: EmbedStage, refs: Sequence[UnitRef]) -> dict[str, Any]:
    """Vectors of both kinds, and what was set aside."""
    counts = {"pictures": 0, "texts": 0}
    aside = []
    texts = committed(store, [vectors_file(stage.embedder, "texts", ref) for ref in refs])
    for ref in refs:
        with store.open(stage.mark(ref)) as file:
            part = pq.read_metadata(file)
        counts["pictures"] += part.num_rows
        if text := set_aside(part.metadata):
            aside.append(text)
        if (name := vectors_file(stage.embedder, "texts", ref)) in texts:
            with store.open(name) as file:
                counts["texts"] += pq.read_metadata(file).num_rows
    return {**counts, "set_aside": sorted(aside)}
