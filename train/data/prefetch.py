"""Reading ahead: the blocks of the next window, asked for a few with every batch, so that they are there when it begins."""

from __future__ import annotations

from collections import deque

import numpy as np

from ieiw.train.data.blocks import Samples
from ieiw.train.data.order import Order, Rank
from ieiw.train.data.shard_reader import Range, Reader


class Prefetcher:
    """Asks a reader for what comes. Call :meth:`advance` once for every batch that is started, in order."""

    def __init__(self, order: Order, samples: Samples, reader: Reader, block_bytes: int, rank: Rank) -> None:
        self._order, self._samples, self._reader = order, samples, reader
        self._block_bytes, self._rank = block_bytes, rank
        self._entered: tuple[int, int] | None = None
        self._coming: deque[Range] | None = None

    def advance(self, epoch: int, number: int) -> None:
        """Batch ``number`` of an epoch is being started."""
        window = self._order.window_of(number)
        if self._entered != (epoch, window):  # its own reads come first
            self._entered, self._coming = (epoch, window), None
            return
        if self._coming is None:
            following = (epoch, window + 1) if window + 1 < self._order.windows else (epoch + 1, 0)
            rows, batch = self._order.window_rows(*following), self._order.batch_size
            last = rows[len(rows) // batch * batch :]
            full = rows[: len(rows) - len(last)].reshape(-1, batch)[:, self._rank.slots(batch)].reshape(-1)
            mine = np.sort(np.concatenate([full, last[self._rank.slots(len(last))]]))
            self._coming = deque(stretches(self._samples[mine], self._block_bytes))
            self._pace = -(-len(self._coming) // max(1, self._order.window_batches - 1))
        for _ in range(min(self._pace, len(self._coming))):
            self._reader.prefetch(self._coming.popleft())


def stretches(samples: Samples, block_bytes: int) -> list[Range]:
    """The stretches that samples (in order of the index) lie in, one for each block of their shards.

    Returns:
        From the first sample that begins in a block to the end of the last one that does.
    """
    if not len(samples):
        return []
    shard, start = samples["shard"].astype(np.int64), samples["source_offset"].astype(np.int64)
    stop = (samples["json_offset"] + samples["json_size"]).astype(np.int64)
    block = start // block_bytes
    first = np.append(True, (np.diff(shard) != 0) | (np.diff(block) != 0))
    at = np.flatnonzero(first)
    last = np.append(at[1:], len(samples)) - 1
    return [Range(*values) for values in zip(shard[at].tolist(), start[at].tolist(), stop[last].tolist(), strict=True)]
