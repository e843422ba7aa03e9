"""The samples of a cut with their bytes, each compared with its row, for whatever layout they are written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from ieiw.triplets.errors import DamageError, Step, UsageError
from ieiw.triplets.layout.cut_state import CutState, load_cut, read_verdicts, verify_shards
from ieiw.triplets.layout.index import Index, open_build
from ieiw.triplets.layout.samples import read_samples, sample_columns
from ieiw.triplets.storage.store import open_store

_AT_ONCE = 8192
"""Rows that are looked up in the index at once: as many as lie in one of its row groups."""
_COLUMNS = [*sample_columns(), "region_share", "licence"]
SIDES = ("train", "validation")
_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class OpenCut:
    """A cut that fits its build."""

    index: Index
    state: CutState

    @property
    def sides(self) -> tuple[str, ...]:
        """Those that have samples."""
        counts = {"train": self.state.train, "validation": self.state.validation}
        return tuple(side for side in SIDES if counts[side])


@dataclass(frozen=True, slots=True)
class Sample:
    """A triplet with all its bytes. ``fields`` is its json member; ``row`` what the index says of it."""

    key: str
    side: str
    row: dict[str, Any]
    fields: dict[str, Any]
    source: bytes
    target: bytes

    def picture(self, role: str) -> bytes:
        """The bytes of ``source`` or ``target``."""
        return self.source if role == "source" else self.target

    def name(self, role: str) -> str:
        """A file's name for a picture, as in its shard."""
        extension = "jpg" if self.picture(role).startswith(_JPEG) else "png"
        return f"{self.key}.{role}.{extension}"


def open_cut(location: str, name: str) -> OpenCut:
    """Open a cut and see that it is of its build, keeps something, and has its shards.

    Raises:
        UsageError: any of that is not so; says what to do.
    """
    store = open_store(location)
    index = open_build(store)
    state = load_cut(store, name)
    again = Step("cut", store.location, {"name": name})
    if state.index_sha256 != index.digests():
        raise UsageError(f"{store.location}: the build changed since the cut {name!r} was made; make it again", again)
    if not state.kept:
        raise UsageError(
            f"{store.location}: the cut {name!r} keeps no row, so there is nothing to export; loosen its rules", again
        )
    verify_shards(store, state.shards)
    return OpenCut(index, state)


def samples(cut: OpenCut, side: str) -> Iterator[Sample]:
    """The samples of a side, in the order of the index, read from the build's shards.

    Raises:
        UsageError: a shard is not what its rows say.
    """
    store = cut.index.store
    numbers: list[int] = []
    for table in read_verdicts(store, cut.state, "kept", ["row", "side"]):
        numbers += table.filter(pc.equal(table["side"], side))["row"].to_pylist()
    try:
        for start in range(0, len(numbers), _AT_ONCE):
            rows = pa.Table.from_pylist(cut.index.take(numbers[start : start + _AT_ONCE], _COLUMNS))
            for row, data in read_samples(store, rows):
                yield Sample(row["key"], side, row, msgspec.json.decode(data["json"]), data["source"], data["target"])
    except DamageError as error:
        raise UsageError(
            f"{store.location}: {error}; bring the shard back as it was", Step("lint", store.location)
        ) from error
