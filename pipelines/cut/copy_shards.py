"""A materialised cut: shards of its own, made by copying whole tar members; no picture is decoded."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import xxhash

from ieiw.filters.columns import column
from ieiw.pipelines.cut.choose import SIDES, Chosen, Samples, Side
from ieiw.pipelines.engine.progress import Progress
from ieiw.triplets.errors import Step, UsageError, human_bytes
from ieiw.triplets.layout.cut_state import ShardFile
from ieiw.triplets.layout.shards import BLOCK, shard_size
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import Store

_READ_BYTES = 2**20
"""At once from a disk: what a processor's cache holds is copied fastest."""
_FAR_READ_BYTES = 16 * 2**20
"""At once from an object store, where every request costs tens of milliseconds."""
_ROLES: tuple[str, ...] = ("source", "target", "json")


@dataclass(frozen=True, slots=True)
class _NewShard:
    """A shard to write: its name and size, and its samples' numbers in the cut, in order."""

    file: ShardFile
    rows: npt.NDArray[np.int64]


def materialise(
    store: Store, name: str, chosen: Chosen, unit_bytes: int, report: Callable[[Progress], None] = lambda _: None
) -> Chosen:
    """Copy the kept samples into shards of about ``unit_bytes``, in their order, each side into its own.

    Shards that an earlier attempt at the same copies finished are kept; all others below ``cuts/NAME/shards`` are removed.

    Returns:
        The same samples, where they lie now.

    Raises:
        UsageError: no room on the disk, or a shard does not hold what the index says.
    """
    moved = chosen.samples.copy()
    planned = [new for side in SIDES for new in _plan(name, chosen, moved, side, unit_bytes)]
    present = _left_from_before(store, name, chosen, planned)
    needed, free = sum(new.file.size for new in planned if new.file.name not in present), store.free_bytes()
    if free is not None and needed > free:
        raise UsageError(
            f"{store.location}: the copies need {human_bytes(needed)}, {human_bytes(free)} are free. "
            "Make room, or make a view, which needs none."
        )
    progress = Progress(units=len(planned), items=len(moved))
    started = time.monotonic()
    files = list[ShardFile]()
    for number, new in enumerate(planned):
        if new.file.name in present:
            digest = _digest(store, new.file.name)
        else:
            digest = _write(store, chosen, new)
            reach("cut-shard")
        files.append(new.file.model_copy(update={"xxh3_128": digest}))
        moved["shard"][new.rows] = number
        progress.done_units = number + 1
        progress.counts["copied"] += len(new.rows)
        progress.seconds = time.monotonic() - started
        report(progress)
    return replace(chosen, samples=moved, shards=tuple(files))


def remove_shards(store: Store, name: str) -> None:
    """Remove the shards of a cut's own, and the note of an attempt at them."""
    store.delete(_note_file(name))
    for file in store.sizes(f"cuts/{name}/shards"):
        store.delete(f"cuts/{name}/shards/{file}")


def forget_attempt(store: Store, name: str) -> None:
    """Remove the note of the attempt, once the cut is committed."""
    store.delete(_note_file(name))


def _plan(name: str, chosen: Chosen, moved: Samples, side: Side, unit_bytes: int) -> Iterator[_NewShard]:
    """The new shards of one side; writes the samples' new offsets into ``moved``."""
    rows = np.flatnonzero(chosen.validation == (side == "validation"))
    begins, ends = _blocks(chosen.samples[rows])
    starts = np.cumsum(ends - begins) - (ends - begins)
    borders = np.flatnonzero(np.diff(starts // unit_bytes)) + 1
    for number, at in enumerate(np.split(np.arange(len(rows)), borders)):
        if len(at):
            shift = starts[at] - starts[at[0]] - begins[at]
            for role in _ROLES:
                moved[f"{role}_offset"][rows[at]] = chosen.samples[f"{role}_offset"][rows[at]].astype(np.int64) + shift
            last = moved[rows[at[-1]]]
            size = shard_size(int(last["json_offset"]) + int(last["json_size"]))
            yield _NewShard(ShardFile(name=f"cuts/{name}/shards/{side}-{number:06d}.tar", size=size), rows[at])


def _blocks(samples: Samples) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where each sample's three members begin, headers included, and end, padding included."""
    begins = samples["source_offset"].astype(np.int64) - BLOCK
    ends = samples["json_offset"].astype(np.int64) + samples["json_size"].astype(np.int64)
    return begins, -(-ends // BLOCK) * BLOCK


def _left_from_before(store: Store, name: str, chosen: Chosen, planned: Sequence[_NewShard]) -> set[str]:
    """Shards of these very copies that an earlier attempt finished; what else is there is removed."""
    digest = hashlib.sha256(chosen.samples.tobytes() + chosen.validation.tobytes())
    for file in (*chosen.shards, *(new.file for new in planned)):
        digest.update(f"{file.name}\0{file.size}\0".encode())
    note = (digest.hexdigest() + "\n").encode()
    if not (store.exists(_note_file(name)) and store.read(_note_file(name)) == note):
        remove_shards(store, name)
        store.publish_bytes(_note_file(name), note)
    wanted = {new.file.name: new.file.size for new in planned}
    present = {f"cuts/{name}/shards/{file}": size for file, size in store.sizes(f"cuts/{name}/shards").items()}
    for left in present.keys() - wanted.keys():
        store.delete(left)
    return {left for left, size in present.items() if wanted.get(left) == size}


def _write(store: Store, chosen: Chosen, new: _NewShard) -> str:
    """Copy the samples of a shard; its digest, XXH3-128 (hex): 30 times as fast as SHA-256, a third of the copying."""
    file, digest = store.spooled(), xxhash.xxh3_128()
    with file.open("wb", buffering=0) as stream:
        for block in _copied(store, chosen, new):
            stream.write(block)
            digest.update(block)
        rest = bytes(new.file.size - stream.tell())
        stream.write(rest)
        digest.update(rest)
    store.publish(new.file.name, file)
    return digest.hexdigest()


def _digest(store: Store, name: str) -> str:
    """The same digest of a shard that is there."""
    digest = xxhash.xxh3_128()
    with store.open(name) as file:
        while part := file.read(_READ_BYTES):
            digest.update(part)
    return digest.hexdigest()


def _copied(store: Store, chosen: Chosen, new: _NewShard) -> Iterator[bytes]:
    """The bytes of a shard's samples, run by run, each seen to hold the samples that the index says."""
    keys = chosen.keys.take(column(new.rows)).to_pylist()
    begins, ends = _blocks(chosen.samples[new.rows])
    shards = chosen.samples["shard"][new.rows]
    for first, last in _runs(shards, begins, ends, _READ_BYTES if store.local else _FAR_READ_BYTES):
        origin = chosen.shards[int(shards[first])].name
        step = Step("lint", store.location)
        offset, size = int(begins[first]), int(ends[last] - begins[first])
        block = store.read_range(origin, offset, size)
        if len(block) != size:
            raise UsageError(f"{store.location}/{origin}: ends before byte {offset + size:,}", step)
        for index in range(first, last + 1):
            start = int(begins[index]) - offset
            if not block.startswith(f"{keys[index]}.source.".encode(), start):
                problem = f"no sample {keys[index]} at byte {int(begins[index]):,}; the shard was changed"
                raise UsageError(f"{store.location}/{origin}: {problem}", step)
        yield block


def _runs(
    shards: npt.NDArray[Any], begins: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], most: int
) -> Iterator[tuple[int, int]]:
    """First and last of neighbours in one shard, in runs of at most ``most`` bytes: each is one read."""
    first = 0
    for at in range(1, len(shards) + 1):
        if (
            at == len(shards)
            or shards[at] != shards[first]
            or begins[at] != ends[at - 1]
            or ends[at] - begins[first] > most
        ):
            yield first, at - 1
            first = at


def _note_file(name: str) -> str:
    return f"cuts/{name}/copying.txt"
