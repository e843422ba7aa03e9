"""The order of training: which samples are in batch b of epoch e, as a pure function, answered without walking there.

The samples of a stream (all sources of one weight) are laid out block after block, the blocks in an order of their own at
each pass. An epoch takes a stretch of each stream, as long as its weight says, and is cut into windows of at least 64 blocks.
Within a window, streams are interleaved in proportion, and the window is dealt out in lanes: slot g of every batch comes from
the g-th stretch of the window, in an order drawn for this window. So

* a batch has samples from all over the window, and every sample may meet nearly every other;
* neighbours in a shard, such as removal and addition of one record, share a lane and never a batch; where a pair lies across
  two lanes, one of the two changes places within its lane;
* each rank takes a range of slots and so reads its own part of the window; the order does not depend on their number;
* any batch is found from its number alone: resuming costs one window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ieiw.train.data.blocks import Blocks, Samples, blocks_of, split_blocks
from ieiw.train.data.interleave import taken_until
from ieiw.train.data.pair_separation import part_pairs
from ieiw.triplets.errors import UsageError
from ieiw.triplets.permutation import Integers, key_of, permuted

BLOCK_BYTES = 4 * 2**20
WINDOW_BLOCKS = 64
_LEAST_BATCHES = 16  # of a window: with fewer, lanes would hardly mix
_SLICES = 64  # of a window: each holds every stream's share, so that ranks see like mixtures


@dataclass(frozen=True, slots=True)
class SamplingConfig:
    """What the order depends on, beside the index.

    Attributes:
        seed: of all draws.
        batch: samples in a batch of all ranks together.
        weights: source number -> passes over it in an epoch (2: each sample twice, 0.1: a tenth, the next tenth next time).
            Sources that are not named have weight 1.
        block_bytes: length of a block.
        window_blocks: blocks in a window.
    """

    seed: int
    batch: int
    weights: Mapping[int, float]
    block_bytes: int = BLOCK_BYTES
    window_blocks: int = WINDOW_BLOCKS


@dataclass(frozen=True, slots=True)
class Rank:
    """Which process of how many that train together."""

    rank: int = 0
    world: int = 1

    def slots(self, count: int) -> slice:
        """The slots of a batch of ``count`` that it takes: ranges side by side, of one length on all ranks.

        Of a last batch whose size is no multiple of ``world``, some ranks take one less than others.
        """
        return slice(self.rank * count // self.world, (self.rank + 1) * count // self.world)


class Stream:
    """The samples of one weight as an endless sequence of passes; each pass brings every one of them once."""

    def __init__(self, blocks: Blocks, weight: float, key: int) -> None:
        self._blocks, self._key = blocks, key
        self.size = blocks.samples
        self.taken = round(weight * self.size)
        """Samples an epoch takes of it."""
        self._laid_out = lru_cache(maxsize=2)(self._lay_out)

    def rows(self, start: int, stop: int) -> Integers:
        """Rows of the index at positions ``start`` to ``stop`` (exclusive) of the sequence."""
        positions = np.arange(start, stop, dtype=np.int64)
        turns = positions // max(1, self.size)
        parts = []
        for turn in range(int(turns[0]), int(turns[-1]) + 1) if len(turns) else ():
            first_rows, ends = self._laid_out(turn)
            offsets = positions[turns == turn] - turn * self.size
            block = np.searchsorted(ends, offsets, side="right")
            parts.append(first_rows[block] + offsets - np.append(0, ends)[block])
        return np.concatenate(parts) if parts else positions

    def _lay_out(self, turn: int) -> tuple[Integers, Integers]:
        """First rows of the blocks in the order of this pass, and where each block ends."""
        count = len(self._blocks.starts)
        order = permuted(np.arange(count), count, key_of(self._key, turn))
        lengths = (self._blocks.stops - self._blocks.starts)[order]
        return self._blocks.starts[order], np.cumsum(lengths)


class Order:
    """The order over one side of a cut.

    Args:
        samples: the index.
        shard_sizes: (shards,) bytes.
        sampling: seed, batch and weights.

    Raises:
        UsageError: the batch is larger than the data, or cannot part the samples of one pair.
    """

    def __init__(self, samples: Samples, shard_sizes: Sequence[int] | Integers, sampling: SamplingConfig) -> None:
        self._samples, self._sampling = samples, sampling
        self.batch_size = sampling.batch
        sizes = np.asarray(shard_sizes, np.int64)
        blocks = blocks_of(samples, sizes, sampling.block_bytes)
        self._streams = _streams(samples, blocks, sampling)
        self._taken = tuple(stream.taken for stream in self._streams)
        self.samples_per_epoch = sum(self._taken)
        if self.samples_per_epoch < sampling.batch:
            raise UsageError(
                f"batch: {sampling.batch} is larger than the data: an epoch has {self.samples_per_epoch} samples. "
                f"Set batch to {max(1, self.samples_per_epoch // 4)} or less, or choose a larger cut"
            )
        self.batches_per_epoch = -(-self.samples_per_epoch // sampling.batch)
        # Enough for the window's blocks, and for lanes that mix; all there are in a small set.
        rows_per_block = blocks.samples / max(1, len(blocks.starts))
        full = int(-(-sampling.window_blocks * rows_per_block // sampling.batch))
        self.window_batches = min(max(full, _LEAST_BATCHES), self.batches_per_epoch)
        self.window_blocks = -(-self.window_batches * sampling.batch * len(blocks.starts) // max(1, blocks.samples))
        """Blocks that a window takes samples from, about."""
        self.windows = max(1, self.samples_per_epoch // (self.window_batches * sampling.batch))
        self._window = lru_cache(maxsize=2)(self._make_window)

    def batch(self, epoch: int, number: int) -> Integers:
        """Rows of batch ``number`` of an epoch, for all ranks; the last one may be smaller.

        Raises:
            IndexError: no such batch.
        """
        if not 0 <= number < self.batches_per_epoch:
            raise IndexError(f"batch {number} of {self.batches_per_epoch}")
        window = self.window_of(number)
        first = number - window * self.window_batches
        return self._window(epoch, window)[first * self._sampling.batch : (first + 1) * self._sampling.batch]

    def window_of(self, number: int) -> int:
        """The window that a batch lies in."""
        return min(number // self.window_batches, self.windows - 1)

    def window_rows(self, epoch: int, window: int) -> Integers:
        """All rows of a window, batch after batch."""
        return self._window(epoch, window)

    def _make_window(self, epoch: int, window: int) -> Integers:
        sampling, length = self._sampling, self.window_batches * self._sampling.batch
        start = window * length
        stop = start + length if window < self.windows - 1 else self.samples_per_epoch
        rows = self._interleaved(epoch, start, stop)
        lanes = dealt(len(rows), sampling.batch, key_of(sampling.seed, "window", epoch, window))
        rows = rows[lanes]
        return part_pairs(rows, self._samples["pair"][rows], sampling.batch)

    def _interleaved(self, epoch: int, start: int, stop: int) -> Integers:
        """The window's rows stream by stream within each of its slices."""
        before, after = taken_until(start, self._taken), taken_until(stop, self._taken)
        rows, slices = [], []
        for stream, low, high in zip(self._streams, before, after, strict=True):
            base = epoch * stream.taken
            rows.append(stream.rows(base + low, base + high))
            slices.append(np.arange(high - low) * _SLICES // max(1, high - low))
        return np.concatenate(rows)[np.argsort(np.concatenate(slices), kind="stable")]


def dealt(count: int, batch: int, key: int) -> Integers:
    """Positions of a window in the order in which its batches take them.

    Lane g is the g-th stretch; slot g of batch b takes the lane's b-th place in an order of its own. All lanes are as long as
    there are batches; where the last batch is smaller, those without a slot in it are one shorter.
    """
    batches = -(-count // batch)
    in_last = count - (batches - 1) * batch
    lengths = np.where(np.arange(batch) < in_last, batches, batches - 1)
    starts = np.cumsum(lengths) - lengths
    grid = np.full((batches, batch), -1, np.int64)
    lane_of, place = np.repeat(np.arange(batch), lengths), np.arange(count)
    # One bijection of the window ranks the places; sorted within lanes, the ranks are an order of each lane.
    ranked = np.lexsort((permuted(place, count, key), lane_of)) if count else place
    grid[place - starts[lane_of], lane_of] = ranked
    return grid.reshape(-1)[:count]


def _streams(samples: Samples, blocks: Blocks, sampling: SamplingConfig) -> list[Stream]:
    """One stream for all sources of one weight."""
    values = {source: float(weight) for source, weight in sampling.weights.items()}
    levels = sorted({1.0, *values.values()})
    if len(levels) == 1:
        return [Stream(blocks, 1.0, key_of(sampling.seed, "stream", 1.0))]
    stream_of = np.full(2**16, levels.index(1.0), np.int16)
    for source, weight in values.items():
        stream_of[source] = levels.index(weight)
    parts, streams = split_blocks(blocks, stream_of[samples["source"]])
    return [
        Stream(Blocks(parts.starts[mine], parts.stops[mine]), weight, key_of(sampling.seed, "stream", weight))
        for number, weight in enumerate(levels)
        if (mine := streams == number).any() and weight > 0
    ]
