"""Reading ahead: the blocks of the next window, asked for a few with every batch, so that they are there when it begins."""

from __future__ import annotations

from collections import deque

import numpy as np

from ieiw.train.data.blocks import Samples
from ieiw.train.data.order import Order, rank_slots
from ieiw.train.data.shard_reader import Range, Reader
from ieiw.triplets.permutation import Integers


class Warmer:
    """Tells a reader what comes. Call :meth:`at` once for every batch that is started, in order."""

    def __init__(
        self, order: Order, samples: Samples, reader: Reader, block_bytes: int, share: tuple[int, int]
    ) -> None:
        self._order, self._samples, self._reader = order, samples, reader
        self._block_bytes, self._share = block_bytes, share
        self._entered: tuple[int, int] | None = None
        self._coming: deque[Range] | None = None

    def at(self, epoch: int, number: int) -> None:
        """Batch ``number`` of an epoch is being started."""
        window = self._order.window_of(number)
        if self._entered != (epoch, window):  # its own reads come first
            self._entered, self._coming = (epoch, window), None
            return
        if self._coming is None:
            following = (epoch, window + 1) if window + 1 < self._order.windows else (epoch + 1, 0)
            rows = self._order.window_rows(*following)
            self._coming = deque(stretches(self._samples[self._mine(rows)], self._block_bytes))
            self._pace = -(-len(self._coming) // max(1, self._order.window_batches - 1))
        for _ in range(min(self._pace, len(self._coming))):
            self._reader.warm(self._coming.popleft())

    def _mine(self, rows: Integers) -> Integers:
        """This rank's rows of a window, in order of the index."""
        rank, world = self._share
        batch = self._order.batch_size
        whole = len(rows) // batch * batch
        full = rows[:whole].reshape(-1, batch)[:, rank_slots(batch, rank, world)].reshape(-1)
        last = rows[whole:]
        return np.sort(np.concatenate([full, last[rank_slots(len(last), rank, world)]]))


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
