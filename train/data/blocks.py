"""Blocks: runs of neighbouring samples of one shard, 4 to 16 MB long, which the order moves as a whole so that reads stay long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ieiw.triplets.permutation import Integers

Samples = npt.NDArray[np.void]
"""The memory-mapped index: one :data:`ieiw.triplets.layout.cut_state.SAMPLE` a sample, by shard and offset."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks as row ranges of the index: block i holds rows starts[i] to stops[i] (exclusive)."""

    starts: Integers
    stops: Integers

    @property
    def samples(self) -> int:
        """Rows in all blocks."""
        return int((self.stops - self.starts).sum())


def blocks_of(samples: Samples, shard_sizes: Integers, block_bytes: int) -> Blocks:
    """The blocks of an index: every shard is cut at multiples of ``block_bytes`` of its own bytes.

    Borders are found by bisection, all of them at once: a few thousand rows are looked at, however many there are.

    Args:
        samples: the index.
        shard_sizes: (shards,), bytes, in the order of the cut's list.
        block_bytes: length of a block in bytes of its shard; dropped samples in between count.
    """
    if not len(samples):
        return Blocks(np.zeros(0, np.int64), np.zeros(0, np.int64))
    cells = np.maximum(1, -(-shard_sizes // block_bytes))
    shard = np.repeat(np.arange(len(shard_sizes)), cells)
    first_cell = np.repeat(np.cumsum(cells) - cells, cells)
    offset = (np.arange(len(shard)) - first_cell) * block_bytes
    starts = _first_rows(samples, shard, offset)
    stops = np.append(starts[1:], len(samples))
    filled = stops > starts
    return Blocks(starts[filled], stops[filled])


def _first_rows(samples: Samples, shard: Integers, offset: Integers) -> Integers:
    """For each (shard, offset) the first row that lies there or later."""
    low, high = np.zeros(len(shard), np.int64), np.full(len(shard), len(samples), np.int64)
    for _ in range(len(samples).bit_length()):
        middle = (low + high) // 2
        looked = samples[np.minimum(middle, len(samples) - 1)]
        here = looked["shard"].astype(np.int64)
        before = (here < shard) | ((here == shard) & (looked["source_offset"].astype(np.int64) < offset))
        before &= low < high
        low, high = np.where(before, middle + 1, low), np.where(before, high, np.minimum(middle, high))
    return low


def split_blocks(blocks: Blocks, stream_of_row: npt.NDArray[np.integer]) -> tuple[Blocks, Integers]:
    """Cut blocks where the stream changes; a shard of several sources needs it.

    Args:
        blocks: that together cover all rows in order.
        stream_of_row: (rows,) number of each row's stream.

    Returns:
        The finer blocks, and (blocks,) the stream of each.
    """
    changes = np.flatnonzero(np.diff(stream_of_row)) + 1
    starts = np.union1d(blocks.starts, changes).astype(np.int64)
    stops = np.append(starts[1:], len(stream_of_row)).astype(np.int64)
    return Blocks(starts, stops), stream_of_row[starts].astype(np.int64)
