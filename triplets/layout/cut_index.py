"""The memory-mapped index of a cut, and the digests of the shards that it points into."""

from __future__ import annotations

import hashlib
import re
import tempfile
import threading
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xxhash

from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.cut_state import SAMPLE, CutState, ShardFile, Side, sample_file
from ieiw.triplets.storage.store import Store

OF_BUILD = re.compile(r"shards/(?P<unit>.+)-(?P<digest>[0-9a-f]{12})\.tar")
"""Names of a build's own shards. Those of a materialised cut have their digests in ``cut.json``."""
_PART = 2**22


def map_index(store: Store, state: CutState, side: Side) -> npt.NDArray[np.void]:
    """One side's :data:`~ieiw.triplets.layout.cut_state.SAMPLE` entries, by shard and offset; memory-mapped, read-only.

    Raises:
        UsageError: missing, damaged, or not the one that ``cut.json`` tells of.
    """
    name = sample_file(state.name, side)
    samples = _map_file(store, name)
    count = state.train if side == "train" else state.validation
    if samples.dtype != SAMPLE or samples.shape != (count,):
        raise UsageError(f"{store.location}/{name}: not the index that cut.json tells of. Cut again")
    return samples


def _map_file(store: Store, name: str) -> npt.NDArray[np.void]:
    try:
        if store.local is not None:
            return _mapped(store.local / name)
        # Of a bucket a copy on disk is mapped; the mapping keeps the file alive after its name is gone.
        with tempfile.NamedTemporaryFile(suffix=".npy") as file:
            with store.open(name) as remote:
                while part := remote.read(2**24):
                    file.write(part)
            file.flush()
            return _mapped(Path(file.name))
    except FileNotFoundError as error:
        raise UsageError(f"{store.location}/{name} is missing. Cut again") from error
    except ValueError as error:  # numpy's word for a damaged or truncated file
        raise UsageError(f"{store.location}/{name}: damaged ({error}). Cut again") from error


def _mapped(file: Path) -> npt.NDArray[np.void]:
    return np.load(file, mmap_mode="r", allow_pickle=False)  # type: ignore[no-any-return]


def expected_digest(shard: ShardFile) -> str:
    """The first digits of the shard's digest, or all; empty where nobody noted it."""
    found = OF_BUILD.fullmatch(shard.name)
    return found["digest"] if found else shard.xxh3_128


def is_as_cut(store: Store, shard: ShardFile, stop: threading.Event | None = None) -> bool:
    """Whether a shard has the digest that it was cut with; read whole, half a second of a core a gigabyte.

    Args:
        store: of the build.
        shard: one of the build's, or one of a materialised cut's own.
        stop: set where nobody waits for the answer any more: it is then yes.

    Raises:
        FileNotFoundError: it is missing.
    """
    digest = hashlib.sha256() if OF_BUILD.fullmatch(shard.name) else xxhash.xxh3_128()
    with store.open(shard.name) as file:
        while part := file.read(_PART):
            if stop is not None and stop.is_set():
                return True
            digest.update(part)
    return digest.hexdigest().startswith(expected_digest(shard))
