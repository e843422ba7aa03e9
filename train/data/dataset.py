"""A cut opened for training: its index memory-mapped, its shards checked, its fingerprint."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from ieiw.train.data.blocks import Samples
from ieiw.train.data.shard_reader import Shards
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import check_whole, load_state
from ieiw.triplets.layout.cut_index import map_index
from ieiw.triplets.layout.cut_state import CutState, Side, cut_file, load_cut
from ieiw.triplets.storage.store import Store


@dataclass(frozen=True, slots=True)
class OpenCut:
    """One side of a cut.

    Attributes:
        store: the build that the cut lies in.
        state: ``cut.json``.
        side: which side of the split.
        samples: the index, memory-mapped and read-only.
        fingerprint: SHA-256 of ``cut.json``, which holds the digests of all that the cut is.
    """

    store: Store
    state: CutState
    side: Side
    samples: Samples
    fingerprint: str

    @property
    def shards(self) -> Shards:
        """Names of its shards, in the order that the index counts them."""
        return Shards(self.store.location, tuple(shard.name for shard in self.state.shards))

    @property
    def where(self) -> str:
        """For messages."""
        return f"{self.store.location}, cut {self.state.name!r}"


def open_cut(store: Store, name: str, side: Side = "train") -> OpenCut:
    """Open one side of a cut and check that its files are those it was made with.

    Raises:
        UsageError: no such cut; index or shards are missing or of another size; this side is empty.
    """
    if (build := load_state(store)) is not None:
        check_whole(store, build)
    state = load_cut(store, name)
    fingerprint = hashlib.sha256(store.read(cut_file(name))).hexdigest()
    count = state.train if side == "train" else state.validation
    if not count:
        raise UsageError(f"{store.location}, cut {name!r}: no samples on the {side} side. Make a larger cut")
    _check_shards(store, state)
    return OpenCut(store, state, side, map_index(store, state, side), fingerprint)


def _check_shards(store: Store, state: CutState) -> None:
    """Sizes of all shards, by one listing a folder."""
    folders = {str(PurePosixPath(shard.name).parent) for shard in state.shards}
    found = {f"{folder}/{name}": size for folder in folders for name, size in store.sizes(folder).items()}
    for shard in state.shards:
        size = found.get(shard.name)
        if size != shard.size:
            what = "is missing" if size is None else f"has {size:,} bytes, the cut was made with {shard.size:,}"
            raise UsageError(
                f"{store.location}/{shard.name} {what}; bring the shard back, or cut again",
                Step("cut", store.location, {"name": state.name}),
            )
