"""The files of a cut: which rows, where their bytes lie, and why the others were dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ieiw.filters.apply import KEPT, Verdicts
from ieiw.filters.columns import coded, column, named, numbers
from ieiw.filters.frame import Frame
from ieiw.filters.rule_set import RuleSet, Split
from ieiw.filters.split import validation_rows
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.cut_state import (
    DROPPED_ROWS,
    KEPT_ROWS,
    SAMPLE,
    CutFile,
    ShardFile,
    Verdict,
    cut_file,
    rule_file,
    sample_file,
    verdict_file,
    verify_shards,
)
from ieiw.triplets.layout.index import Index
from ieiw.triplets.layout.shards import shard_size
from ieiw.triplets.layout.tables import ROWS_PER_PART
from ieiw.triplets.storage.store import Store

Samples = npt.NDArray[np.void]
Side = Literal["train", "validation"]
SIDES: tuple[Side, Side] = ("train", "validation")
_SPANS = tuple(f"{role}_{part}" for role in ("source", "target", "json") for part in ("offset", "size"))
_PLACES = ("pair", "picture_sha256", "width", "height", "shard", *_SPANS)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The kept rows.

    Attributes:
        rows: their numbers in the build's index, rising.
        samples: :data:`ieiw.triplets.layout.cut_state.SAMPLE` of each.
        validation: whether each is for validation.
        keys: of each.
        shards: the shards that the samples lie in; ``samples["shard"]`` counts them.
        sources: names that ``samples["source"]`` counts.
        tasks: names that ``samples["task"]`` counts.
    """

    rows: npt.NDArray[np.int64]
    samples: Samples
    validation: npt.NDArray[np.bool_]
    keys: pa.ChunkedArray
    shards: tuple[ShardFile, ...]
    sources: tuple[str, ...]
    tasks: tuple[str, ...]

    def emptied(self, column: Literal["source", "task"]) -> list[str]:
        """Names of the build's sources or tasks that no kept row has."""
        names = self.sources if column == "source" else self.tasks
        counts = np.bincount(self.samples[column], minlength=len(names))
        return [name for name, count in zip(names, counts, strict=True) if not count]

    def of_side(self, side: Side) -> Samples:
        """The samples of one side, by shard and offset."""
        samples = self.samples[self.validation == (side == "validation")]
        shards, offsets = samples["shard"].astype(np.int64), samples["source_offset"]
        steps = np.diff(shards)
        if (steps >= 0).all() and (offsets[1:] >= offsets[:-1])[steps == 0].all():  # as builds write their index
            return np.asarray(samples)
        return np.asarray(samples[np.lexsort((offsets, shards))])


class _Names:
    """Numbers for names, in the order in which they come."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def number(self, column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
        """The number of each value of a column."""
        codes, names = coded(column)
        table = [self.known.setdefault(str(name), len(self.known)) for name in names.to_pylist()]
        return np.asarray(np.array(table, np.int64)[codes])


def choose(index: Index, frame: Frame, verdicts: Verdicts, split: Split) -> Chosen:
    """Look up where the kept rows lie, and part them.

    Raises:
        UsageError: a shard is missing or was changed.
    """
    keeps = verdicts.rule == KEPT
    shards = _Names()
    ends: dict[int, int] = {}
    parts: list[Samples] = []
    tables: list[pa.Table] = []
    start = 0
    for table in index.tables(_PLACES):
        origins = shards.number(table["shard"])
        _note_ends(ends, origins, table)
        keep = keeps[start : start + table.num_rows]
        start += table.num_rows
        table = table.filter(column(keep))
        part = np.zeros(table.num_rows, SAMPLE)
        part["shard"] = origins[keep]
        for name in (*_SPANS, "width", "height"):
            part[name] = _fitting(numbers(table[name]), name)
        parts.append(part)
        tables.append(table.select(["pair", "picture_sha256"]))
    samples, rest = np.concatenate(parts), pa.concat_tables(tables).unify_dictionaries()
    del parts, tables
    rows = np.flatnonzero(keeps)
    _name(samples, frame, rows, rest["pair"])
    names, used = list(shards.known), np.unique(samples["shard"])
    files = tuple(ShardFile(name=names[number], size=shard_size(ends[number])) for number in used.tolist())
    verify_shards(index.store, files)
    samples["shard"] = np.searchsorted(used, samples["shard"])
    kept = frame.table.select(["key", "group"]).take(column(rows))
    apart = validation_rows(kept["group"].combine_chunks(), rest["picture_sha256"].combine_chunks(), split)
    return Chosen(rows, samples, apart, kept["key"], files, tuple(frame.names("source")), tuple(frame.names("task")))


def _note_ends(ends: dict[int, int], shards: npt.NDArray[np.int64], table: pa.Table) -> None:
    """Where the last member of each shard ends, kept or not: that gives the shard's size."""
    last = numbers(table["json_offset"]) + numbers(table["json_size"])
    distinct, inverse = np.unique(shards, return_inverse=True)
    most = np.zeros(len(distinct), np.int64)
    np.maximum.at(most, inverse, last)
    for number, end in zip(distinct.tolist(), most.tolist(), strict=True):
        ends[number] = max(ends.get(number, 0), end)


def _name(samples: Samples, frame: Frame, rows: npt.NDArray[np.int64], pairs: pa.ChunkedArray) -> None:
    """Set source, task and pair. A row that is no half of a pair gets a pair of its own, from its key."""
    samples["source"] = _fitting(frame.codes("source")[rows], "source")
    samples["task"] = _fitting(frame.codes("task")[rows], "task")
    codes, distinct = coded(pairs)
    texts = distinct.to_pylist()
    sources = frame.names("source")
    alone = np.isin(codes, [at for at, text in enumerate(texts) if not text])
    both, known = coded(column(samples["source"].astype(np.int64) * len(texts) + codes))
    of_source, of_text = (part.tolist() for part in np.divmod(numbers(known), len(texts)))
    hashes = _hashes([sources[at] for at in of_source], [texts[at] for at in of_text])
    samples["pair"] = hashes[both]
    if alone.any():
        keys = frame.table["key"].take(column(rows[alone])).to_pylist()
        samples["pair"][alone] = _hashes([sources[at] for at in samples["source"][alone].tolist()], keys)


def _hashes(sources: Sequence[str], pairs: Sequence[str]) -> npt.NDArray[np.uint64]:
    """First 64 bits of a hash of each (source, pair)."""
    blake = hashlib.blake2b
    named = (f"{source}\0{pair}" for source, pair in zip(sources, pairs, strict=True))
    return np.frombuffer(b"".join([blake(name.encode(), digest_size=8).digest() for name in named]), "<u8")


def _fitting(values: npt.NDArray[Any], name: str) -> npt.NDArray[Any]:
    most = np.iinfo(SAMPLE[name]).max
    if len(values) and int(values.max()) > most:
        raise UsageError(f"index, {name}: {int(values.max()):,} is more than a cut can hold ({most:,})")
    return values


def clear(store: Store, name: str) -> None:
    """Undo a cut: its commit mark first, then the index and what a killed attempt left in the spool. Its shards stay."""
    store.delete(cut_file(name))
    store.delete(rule_file(name))
    for file in store.sizes(f"cuts/{name}/index"):
        store.delete(f"cuts/{name}/index/{file}")
    store.sweep()


def publish_index(
    store: Store, name: str, frame: Frame, verdicts: Verdicts, rules: RuleSet, chosen: Chosen
) -> list[CutFile]:
    """Write everything below ``cuts/NAME/index``."""
    files = []
    for side in SIDES:
        file = store.spooled()
        with file.open("wb") as stream:
            np.save(stream, chosen.of_side(side), allow_pickle=False)
        files.append(_publish(store, sample_file(name, side), file))
    side_names = named(chosen.validation, SIDES)
    kept = pa.table({"row": column(chosen.rows), "key": chosen.keys, "side": side_names}, schema=KEPT_ROWS)
    rows = np.flatnonzero(verdicts.rule != KEPT)
    rule_names = named(verdicts.rule[rows], [rule.name for rule in rules.rules])
    keys = frame.table["key"].take(column(rows))
    values = column(verdicts.value[rows])
    dropped = pa.table({"row": column(rows), "key": keys, "rule": rule_names, "value": values}, schema=DROPPED_ROWS)
    files.extend(_publish_table(store, name, "kept", kept))
    files.extend(_publish_table(store, name, "dropped", dropped))
    return files


def _publish_table(store: Store, name: str, kind: Verdict, table: pa.Table) -> Iterator[CutFile]:
    """The table in parts of a bounded number of rows; an empty one still makes one file, so that readers find its columns."""
    for number, start in enumerate(range(0, max(table.num_rows, 1), ROWS_PER_PART)):
        file = store.spooled()
        pq.write_table(table.slice(start, ROWS_PER_PART), file, compression="zstd")
        yield _publish(store, verdict_file(name, kind, number), file)


def _publish(store: Store, name: str, file: Path) -> CutFile:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    size = file.stat().st_size
    store.publish(name, file)
    return CutFile(name=name, size=size, sha256=digest)
