"""Bytes of samples: from files on disk as they are asked for, from object stores block by block through a bounded cache."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # decoding processes read folders only and start without it
    from ieiw.triplets.storage.store import Store

_OPEN_FILES = 256
MOST_CACHE = 2 * 2**30
"""Bytes of blocks that a rank keeps of an object store, at most."""


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards of a cut: names in its order, below ``location`` (folder or URL of the build)."""

    location: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes ``start`` to ``stop`` (exclusive) of a shard, by its number."""

    shard: int
    start: int
    stop: int


class Reader(Protocol):
    """Reads ranges of shards; safe to call from several threads."""

    def read(self, wanted: Range) -> bytes:
        """The bytes; fewer where the file ends before."""
        ...

    def prefetch(self, block: Range) -> None:
        """Say that all of a block is going to be read soon."""
        ...

    def close(self) -> None:
        """Let go of files and threads."""
        ...


class FolderReader:
    """Shards on disk. The operating system's page cache is the cache; ``prefetch`` asks it to read ahead."""

    def __init__(self, folder: Path, shards: Sequence[str]) -> None:
        self._paths = [folder / shard for shard in shards]
        self._open: OrderedDict[int, _File] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, wanted: Range) -> bytes:
        """See :class:`Reader`."""
        return os.pread(self._file(wanted.shard).descriptor, wanted.stop - wanted.start, wanted.start)

    def prefetch(self, block: Range) -> None:
        """See :class:`Reader`."""
        file = self._file(block.shard)
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.descriptor, block.start, block.stop - block.start, os.POSIX_FADV_WILLNEED)

    def close(self) -> None:
        """See :class:`Reader`."""
        with self._lock:
            self._open.clear()

    def _file(self, shard: int) -> _File:
        with self._lock:
            file = self._open.pop(shard, None) or _File(self._paths[shard])
            self._open[shard] = file
            if len(self._open) > _OPEN_FILES:
                self._open.popitem(last=False)
            return file


class _File:
    """A descriptor that closes when nobody holds it: a thread may still read what the cache has let go."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDONLY)

    def __del__(self) -> None:
        if hasattr(self, "descriptor"):
            os.close(self.descriptor)


class BlockReader:
    """Shards in an object store: whole blocks by one range read each, the latest ones kept.

    Args:
        store: where the shards are.
        shards: their names, in the order of the cut.
        block_bytes: of the blocks; a read inside a block, or across into the next, costs nothing once they are there.
        cache_bytes: most bytes of blocks to keep.
        threads: blocks fetched at a time.
    """

    def __init__(
        self, store: Store, shards: Sequence[str], block_bytes: int, cache_bytes: int, threads: int = 8
    ) -> None:
        self._store, self._shards, self._block_bytes = store, shards, block_bytes
        self._most = max(2, cache_bytes // block_bytes)
        self._blocks: OrderedDict[tuple[int, int], Future[bytes]] = OrderedDict()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="blocks")

    def read(self, wanted: Range) -> bytes:
        """See :class:`Reader`."""
        first, last = wanted.start // self._block_bytes, (wanted.stop - 1) // self._block_bytes
        parts = [self._block(wanted.shard, number) for number in range(first, last + 1)]
        data = b"".join(part.result() for part in parts) if len(parts) > 1 else parts[0].result()
        offset = first * self._block_bytes
        return data[wanted.start - offset : wanted.stop - offset]

    def prefetch(self, block: Range) -> None:
        """See :class:`Reader`."""
        for number in range(block.start // self._block_bytes, (block.stop - 1) // self._block_bytes + 1):
            self._block(block.shard, number)

    def close(self) -> None:
        """See :class:`Reader`."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._blocks.clear()

    def _block(self, shard: int, number: int) -> Future[bytes]:
        key = (shard, number)
        with self._lock:
            found = self._blocks.pop(key, None)
            if found is None or (found.done() and found.exception() is not None):  # a failed read is tried again
                name, start = self._shards[shard], number * self._block_bytes
                found = self._pool.submit(self._store.read_range, name, start, self._block_bytes)
            self._blocks[key] = found
            if len(self._blocks) > self._most:
                self._blocks.popitem(last=False)
            return found


class RangeReader:
    """Shards in an object store, sample by sample: for sparse cuts, whose blocks would not fit in memory."""

    def __init__(self, store: Store, shards: Sequence[str]) -> None:
        self._store, self._shards = store, shards

    def read(self, wanted: Range) -> bytes:
        """See :class:`Reader`."""
        return self._store.read_range(self._shards[wanted.shard], wanted.start, wanted.stop - wanted.start)

    def prefetch(self, block: Range) -> None:
        """Nothing is kept, so nothing is fetched ahead."""

    def close(self) -> None:
        """See :class:`Reader`."""


def open_reader(store: Store, shards: Sequence[str], block_bytes: int, window_blocks: int) -> Reader:
    """The reader that suits the store.

    Args:
        store: where the shards are.
        shards: their names, in the order of the cut.
        block_bytes: of a block.
        window_blocks: that are read from at a time; two windows are kept, this one and the next.
    """
    if store.local is not None:
        return FolderReader(store.local, shards)
    cache_bytes = 2 * (window_blocks + 1) * block_bytes
    return (
        BlockReader(store, shards, block_bytes, cache_bytes)
        if cache_bytes <= MOST_CACHE
        else RangeReader(store, shards)
    )
