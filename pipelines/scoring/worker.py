"""Scores of one unit: its pictures are read by byte range from the shard, each scored once, and committed as one small file."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.filters.registry import make
from ieiw.filters.scores.base import Pair, PairScore, PictureScore
from ieiw.pipelines.index.score_notes import value_type
from ieiw.triplets.drawings.answers import masks_of, read_answer
from ieiw.triplets.errors import DamageError
from ieiw.triplets.images.codec import ANY_SIZE, decode
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.rows import ROWS
from ieiw.triplets.layout.samples import read_samples
from ieiw.triplets.layout.scores import TALLY
from ieiw.triplets.layout.tables import read_table
from ieiw.triplets.records import Image
from ieiw.triplets.storage.store import Store, open_store

_ROLES: tuple[Literal["source", "target"], ...] = ("source", "target")


Options = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Scorers:
    """The scores of one pass, by kind."""

    pictures: tuple[PictureScore, ...]
    pairs: tuple[PairScore, ...]

    @property
    def batch(self) -> int:
        """How many triplets are taken at once."""
        return max((score.batch for score in (*self.pictures, *self.pairs)), default=1)


def scorers(names: Sequence[str], options: Options) -> Scorers:
    """The named scores, by kind.

    Raises:
        UsageError: an unknown name.
    """
    made = [make(name, options.get(name, {})) for name in names]
    return Scorers(
        tuple(score for score in made if isinstance(score, PictureScore)),
        tuple(score for score in made if isinstance(score, PairScore)),
    )


class UnitScorer:
    """Scores units of one build.

    Args:
        location: the build.
        names: of the scores.
        options: score -> what it is made with.
        mark: names the file that a unit's values go to.
    """

    def __init__(self, location: str, names: Sequence[str], options: Options, mark: Callable[[UnitRef], str]) -> None:
        self._store = open_store(location)
        self._mark = mark
        self._scorers = scorers(names, options)

    def work(self, ref: UnitRef) -> dict[str, int]:
        """Score and commit one unit.

        Raises:
            DamageError: its shard is not what its rows say.
        """
        rows = read_table(io.BytesIO(self._store.read(ref.rows)))
        try:
            table = score_rows(self._store, rows, self._scorers)
        except DamageError as error:
            raise DamageError(f"{error} (rows: {ref.rows})") from error
        tallies = {score.name: score.tally() for score in (*self._scorers.pictures, *self._scorers.pairs)}
        told = json.dumps({name: tally for name, tally in tallies.items() if tally}, sort_keys=True)
        commit_values(self._store, self._mark(ref), table.replace_schema_metadata({TALLY: told}))
        return {"scored": table.num_rows}


def commit_values(store: Store, name: str, table: pa.Table) -> None:
    """Write a unit's values, unless another process did."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    store.create(name, sink.getvalue())


def no_values(names: Sequence[str], options: Options) -> pa.Table:
    """The table of a unit that was set aside: all columns, no rows."""
    wanted = scorers(names, options)
    return _table(ROWS.empty_table(), {}, [[] for _ in wanted.pairs], wanted)


def score_rows(store: Store, rows: pa.Table, wanted: Scorers) -> pa.Table:
    """Score every row of a unit.

    Returns:
        One row a triplet, in order: ``key``, ``source_sha256``, ``target_sha256``, then ``source.NAME`` and ``target.NAME``
        for each picture score and ``pair.NAME`` for each pair score; NaN where a score has no meaning.

    Raises:
        DamageError: the shard is missing, or a member is not the one whose digest its row holds.
    """
    known: dict[str, tuple[float, ...]] = {}
    of_pairs: list[list[float]] = [[] for _ in wanted.pairs]
    decoded: dict[str, Image] = {}  # the last rows': a removal and its addition show the same two pictures
    samples = read_samples(store, rows)
    while batch := list(islice(samples, wanted.batch)):
        members = {row[f"{role}_sha256"]: parts[role] for row, parts in batch for role in _ROLES}
        needed = {digest: data for digest, data in members.items() if wanted.pairs or digest not in known}
        decoded = {
            digest: decoded[digest] if digest in decoded else np.ascontiguousarray(decode(data, ANY_SIZE).pixels)
            for digest, data in needed.items()
        }
        if fresh := {digest: picture for digest, picture in decoded.items() if digest not in known}:
            values = [score.of_pictures(list(fresh.values())) for score in wanted.pictures]
            known |= zip(fresh, zip(*values, strict=True), strict=bool(values))
        if wanted.pairs:
            pairs = [
                _pair(decoded[row["source_sha256"]], decoded[row["target_sha256"]], parts["json"], row["instruction"])
                for row, parts in batch
            ]
            for column, score in zip(of_pairs, wanted.pairs, strict=True):
                column.extend(score.of_pairs(pairs))
    return _table(rows, known, of_pairs, wanted)


def _table(
    rows: pa.Table, of_pictures: Mapping[str, Sequence[float]], of_pairs: Sequence[list[float]], wanted: Scorers
) -> pa.Table:
    columns = {name: rows[name] for name in ("key", "source_sha256", "target_sha256")}
    for number, score in enumerate(wanted.pictures):
        for role in _ROLES:
            values = [of_pictures[digest][number] for digest in rows[f"{role}_sha256"].to_pylist()]
            columns[f"{role}.{score.name}"] = pa.array(values, value_type(score))
    for pair_score, pair_values in zip(wanted.pairs, of_pairs, strict=True):
        columns[f"pair.{pair_score.name}"] = pa.array(pair_values, value_type(pair_score))
    return pa.table(columns)


def _pair(before: Image, after: Image, sample: bytes, instruction: str) -> Pair:
    rle = masks_of(read_answer(sample)).get("hole")
    hole = from_rle(rle) if rle else None
    if hole is not None and hole.shape != before.shape[:2]:
        hole = None
    if before.shape != after.shape:
        raise ValueError(f"source is {before.shape}, target {after.shape}")
    return Pair(before, after, hole, instruction)
