"""The files of a cut: which rows, where their bytes lie, and why the others were dropped."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from filters.apply import KEPT as STAYS
from filters.apply import Verdicts
from filters.frame import Frame
from filters.rules import RuleSet, Split
from filters.split import validation_rows
from pipelines.cut_index import read_parts
from pipelines.state import BuildState
from triplets.cuts import DROPPED, KEPT, SAMPLE, CutFile, ShardFile, cut_file, sample_file, verify_shards
from triplets.reasons import UsageError
from triplets.shards import shard_size
from triplets.storage import Store

Samples = npt.NDArray[np.void]
Side = Literal["train", "validation"]
SIDES: tuple[Side, Side] = ("train", "validation")
ROWS_PER_PART = 500_000
_SPANS = tuple(f"{role}_{part}" for role in ("source", "target", "json") for part in ("offset", "size"))
_PLACES = ("key", "source", "task", "group", "pair", "picture_sha256", "width", "height", "shard", *_SPANS)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The kept rows.

    Attributes:
        rows: their numbers in the build's index, rising.
        samples: :data:`triplets.cuts.SAMPLE` of each.
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

    def of_side(self, side: Side) -> Samples:
        """The samples of one side, by shard and offset."""
        samples = self.samples[self.validation == (side == "validation")]
        return np.asarray(samples[np.lexsort((samples["source_offset"], samples["shard"]))])


class _Names:
    """Numbers for names, in the order in which they come."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def number(self, column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
        """The number of each value of a column."""
        encoded = column.combine_chunks().dictionary_encode()
        table = [self.known.setdefault(str(name), len(self.known)) for name in encoded.dictionary.to_pylist()]
        return np.asarray(np.asarray(table, np.int64)[encoded.indices.to_numpy()])


def choose(store: Store, build: BuildState, verdicts: Verdicts, split: Split) -> Chosen:
    """Look up where the kept rows lie, and part them.

    Raises:
        UsageError: a shard is missing or was changed.
    """
    keeps = verdicts.rule == STAYS
    shards, sources, tasks = _Names(), _Names(), _Names()
    ends: dict[int, int] = {}
    parts: list[Samples] = []
    tables: list[pa.Table] = []
    start = 0
    for table in read_parts(store, build, _PLACES):
        numbers = shards.number(table["shard"])
        _note_ends(ends, numbers, table)
        keep = keeps[start : start + table.num_rows]
        start += table.num_rows
        table = table.filter(pa.array(keep))
        parts.append(_samples(table, numbers[keep], sources, tasks))
        tables.append(table.select(["key", "group", "picture_sha256"]))
    samples, kept = np.concatenate(parts), pa.concat_tables(tables).unify_dictionaries()
    names, used = list(shards.known), np.unique(samples["shard"])
    files = tuple(ShardFile(name=names[number], size=shard_size(ends[number])) for number in used.tolist())
    verify_shards(store, files)
    samples["shard"] = np.searchsorted(used, samples["shard"])
    apart = validation_rows(kept["group"].combine_chunks(), kept["picture_sha256"].combine_chunks(), split)
    return Chosen(np.flatnonzero(keeps), samples, apart, kept["key"], files, tuple(sources.known), tuple(tasks.known))


def _note_ends(ends: dict[int, int], shards: npt.NDArray[np.int64], table: pa.Table) -> None:
    """Where the last member of each shard ends, kept or not: that gives the shard's size."""
    last = table["json_offset"].to_numpy() + table["json_size"].to_numpy()
    numbers, inverse = np.unique(shards, return_inverse=True)
    found = np.zeros(len(numbers), np.int64)
    np.maximum.at(found, inverse, last)
    for number, end in zip(numbers.tolist(), found.tolist(), strict=True):
        ends[number] = max(ends.get(number, 0), end)


def _samples(table: pa.Table, shards: npt.NDArray[np.int64], sources: _Names, tasks: _Names) -> Samples:
    samples = np.zeros(table.num_rows, SAMPLE)
    samples["shard"] = shards
    samples["source"] = _fitting(sources.number(table["source"]), "source")
    samples["task"] = tasks.number(table["task"])
    samples["pair"] = _pairs(table)
    for name in (*_SPANS, "width", "height"):
        samples[name] = _fitting(table[name].to_numpy(), name)
    return samples


def _fitting(values: npt.NDArray[Any], name: str) -> npt.NDArray[Any]:
    most = np.iinfo(SAMPLE[name]).max
    if len(values) and int(values.max()) > most:
        raise UsageError(f"index, {name}: {int(values.max()):,} is more than a cut can hold ({most:,})")
    return values


def _pairs(table: pa.Table) -> npt.NDArray[np.uint64]:
    """First 64 bits of the hash of (source, pair); a row that is no half of a pair has a number of its own, from its key."""
    pair = table["pair"].cast(pa.string())
    alone = pc.equal(pair, "")
    text = pc.binary_join_element_wise(table["source"].cast(pa.string()), pc.if_else(alone, table["key"], pair), "\0")
    encoded = text.combine_chunks().dictionary_encode()
    digests = b"".join(
        hashlib.blake2b(name.encode(), digest_size=8).digest() for name in encoded.dictionary.to_pylist()
    )
    return np.asarray(np.frombuffer(digests, "<u8")[encoded.indices.to_numpy()])


def clear(store: Store, name: str) -> None:
    """Undo a cut: its commit mark first, then the index and what a killed attempt left in the spool. Its shards stay."""
    store.delete(cut_file(name))
    for file in store.sizes(f"cuts/{name}/index"):
        store.delete(f"cuts/{name}/index/{file}")
    store.sweep()


def spooled(store: Store) -> Path:
    """A new file in the spool."""
    return store.spool() / uuid.uuid4().hex


def publish_index(
    store: Store, name: str, frame: Frame, verdicts: Verdicts, rules: RuleSet, chosen: Chosen
) -> list[CutFile]:
    """Write everything below ``cuts/NAME/index``."""
    files = []
    for side in SIDES:
        file = spooled(store)
        with file.open("wb") as stream:
            np.save(stream, chosen.of_side(side), allow_pickle=False)
        files.append(_publish(store, sample_file(name, side), file))
    side_names = pa.array(np.where(chosen.validation, "validation", "train"))
    kept = pa.table({"row": chosen.rows, "key": chosen.keys, "side": side_names}, schema=KEPT)
    rows = np.flatnonzero(verdicts.rule != STAYS)
    rule_names = pa.DictionaryArray.from_arrays(
        pa.array(verdicts.rule[rows].astype(np.int32)), pa.array([rule.name for rule in rules.rules], pa.string())
    ).cast(pa.string())
    keys = frame.table["key"].take(pa.array(rows))
    dropped = pa.table({"row": rows, "key": keys, "rule": rule_names, "value": verdicts.value[rows]}, schema=DROPPED)
    for kind, table in (("kept", kept), ("dropped", dropped)):
        files.extend(_publish_table(store, name, kind, table))
    return files


def _publish_table(store: Store, name: str, kind: str, table: pa.Table) -> Iterator[CutFile]:
    """The table in parts of a bounded number of rows; an empty one still makes one file, so that readers find its columns."""
    for number, start in enumerate(range(0, max(table.num_rows, 1), ROWS_PER_PART)):
        file = spooled(store)
        pq.write_table(table.slice(start, ROWS_PER_PART), file, compression="zstd")
        yield _publish(store, f"cuts/{name}/index/{kind}-{number:05d}.parquet", file)


def _publish(store: Store, name: str, file: Path) -> CutFile:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    size = file.stat().st_size
    store.publish(name, file)
    return CutFile(name=name, size=size, sha256=digest)
