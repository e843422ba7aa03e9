"""Scores of one unit: its pictures are read by byte range from the shard, each scored once, and committed as one small file."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.filters.protocols import Pair, PairScore, PictureHash, PictureScore
from ieiw.filters.registry import score as make_score
from ieiw.pipelines.build.worker import noted
from ieiw.pipelines.layout.plan_files import UnitRef
from ieiw.triplets.images.codec import PictureLimits, decode
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.layout.rows import ROWS
from ieiw.triplets.records import Image
from ieiw.triplets.storage.store import Store, open_store

_LIMITS = PictureLimits(min_side=1)
_BATCH_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Scorers:
    """The scores of one pass, by kind."""

    pictures: tuple[PictureScore | PictureHash, ...]
    pairs: tuple[PairScore, ...]

    def of_picture(self, image: Image) -> list[float | int]:
        """Each picture score's value."""
        return [
            each.of_picture(image) if isinstance(each, PictureScore) else each.hash_picture(image)
            for each in self.pictures
        ]


def scorers(names: Sequence[str]) -> Scorers:
    """The named scores, by kind.

    Raises:
        UsageError: an unknown name.
    """
    made = [make_score(name) for name in names]
    pictures = tuple(each for each in made if isinstance(each, PictureScore | PictureHash))
    return Scorers(pictures, tuple(each for each in made if isinstance(each, PairScore)))


def value_type(made: PictureScore | PairScore | PictureHash) -> pa.DataType:
    """How a score's values are kept."""
    return pa.uint64() if isinstance(made, PictureHash) else pa.float32()


def part_name(ref: UnitRef, names: Sequence[str]) -> str:
    """Name of a unit's scores; it carries the scores asked for, with their versions."""
    versions = ",".join(f"{name}.{make_score(name).version}" for name in sorted(names))
    return f"scores/parts/{hashlib.sha256(versions.encode()).hexdigest()[:8]}-{ref.source}-{ref.unit}.parquet"


class DamageError(Exception):
    """A shard is not what its rows tell of; the text says where."""


def damage_name(part: str) -> str:
    """Name of the note that takes the place of a unit's scores where its shard is damaged."""
    return part.removesuffix(".parquet") + ".damage"


class UnitScorer:
    """Scores units of one build; see :class:`ieiw.pipelines.engine.beam.UnitWorker`.

    Args:
        location: the build.
        running: folder for notes of what is at work.
        options: ``scores``: names, separated by commas.
    """

    def __init__(self, location: str, running: Path | None, options: Mapping[str, str]) -> None:
        self._store = open_store(location)
        self._running = running
        self._names = options["scores"].split(",")
        self._scorers = scorers(self._names)

    def work(self, ref: UnitRef) -> dict[str, int]:
        """Score and commit one unit unless that was done; of a damaged one, leave a note and let the others go on."""
        name = part_name(ref, self._names)
        if self._store.exists(name):
            return {"scored": 0}
        with noted(self._running, ref):
            rows = pq.read_table(pa.BufferReader(self._store.read(ref.rows)), schema=ROWS, use_threads=False)
            try:
                table = score_rows(self._store, rows, self._scorers)
            except DamageError as error:
                self._store.publish_bytes(damage_name(name), f"{error} (rows: {ref.rows})".encode())
                return {"damaged": 1}
            sink = io.BytesIO()
            pq.write_table(table, sink, compression="zstd")
            self._store.create(name, sink.getvalue())
        return {"scored": table.num_rows}


def score_rows(store: Store, rows: pa.Table, wanted: Scorers) -> pa.Table:
    """Score every row of a unit.

    Returns:
        One row a triplet, in order: ``key``, ``source_sha256``, ``target_sha256``, then ``source.NAME`` and ``target.NAME``
        for each picture score and ``pair.NAME`` for each pair score; NaN where a score has no meaning.

    Raises:
        DamageError: the shard is missing, or a member is not the one whose digest its row holds.
    """
    known: dict[str, list[float | int]] = {}
    columns: dict[str, list[Any]] = {"key": [], "source_sha256": [], "target_sha256": []}
    columns |= {f"{role}.{each.name}": [] for each in wanted.pictures for role in ("source", "target")}
    columns |= {f"pair.{each.name}": [] for each in wanted.pairs}
    decoded: dict[str, Image] = {}  # the last row's: a removal and its addition show the same two pictures
    for row, source, target, sample in _samples(store, rows):
        columns["key"].append(row["key"])
        members = {"source": (row["source_sha256"], source), "target": (row["target_sha256"], target)}
        needed = {digest: data for digest, data in members.values() if wanted.pairs or digest not in known}
        decoded = {digest: decoded[digest] if digest in decoded else _image(data) for digest, data in needed.items()}
        for role, (digest, _) in members.items():
            columns[f"{role}_sha256"].append(digest)
            if digest not in known:
                known[digest] = wanted.of_picture(decoded[digest])
            for each, value in zip(wanted.pictures, known[digest], strict=True):
                columns[f"{role}.{each.name}"].append(value)
        if wanted.pairs:
            pair = _pair(decoded[row["source_sha256"]], decoded[row["target_sha256"]], sample)
            for one in wanted.pairs:
                columns[f"pair.{one.name}"].append(one.of_pair(pair))
    kinds = {each.name: value_type(each) for each in (*wanted.pictures, *wanted.pairs)}
    return pa.table(
        {name: pa.array(column, kinds.get(name.partition(".")[2], pa.string())) for name, column in columns.items()}
    )


def _samples(store: Store, rows: pa.Table) -> Iterator[tuple[dict[str, Any], bytes, bytes, bytes]]:
    """Each row with its three members' bytes; neighbours in a shard are read in one request."""
    listed = rows.to_pylist()
    start = 0
    while start < len(listed):
        end, first = start, listed[start]["source_offset"]
        while end < len(listed) and _end(listed[end]) - first <= _BATCH_BYTES:
            end += 1
        end = max(end, start + 1)
        shard = listed[start]["shard"]
        try:
            block = store.read_range(shard, first, _end(listed[end - 1]) - first)
        except FileNotFoundError as error:
            raise DamageError(f"{shard} is missing") from error
        for row in listed[start:end]:
            source, target, sample = (_member(block, row, role, first) for role in ("source", "target", "json"))
            yield row, source, target, sample
        start = end


def _member(block: bytes, row: Mapping[str, Any], role: str, first: int) -> bytes:
    """The bytes of a member, held against its row: hashing costs a thousandth of scoring."""
    start = row[f"{role}_offset"] - first
    data = block[start : start + row[f"{role}_size"]]
    if hashlib.sha256(data).hexdigest() != row[f"{role}_sha256"]:
        raise DamageError(f"{row['shard']}, sample {row['key']}: its {role} differs from the SHA-256 in its row")
    return data


def _end(row: Mapping[str, Any]) -> int:
    return int(row["json_offset"] + row["json_size"])


def _pair(before: Image, after: Image, sample: bytes) -> Pair:
    answer = json.loads(json.loads(sample)["answer"])
    hole = from_rle(answer["hole"]) if "hole" in answer else None
    if hole is not None and hole.shape != before.shape[:2]:
        hole = None
    if before.shape != after.shape:
        raise ValueError(f"source is {before.shape}, target {after.shape}")
    return Pair(before, after, hole)


def _image(data: bytes) -> Image:
    return np.ascontiguousarray(decode(data, _LIMITS).pixels)
