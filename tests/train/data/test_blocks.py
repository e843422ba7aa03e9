"""Blocks: runs of neighbours of one shard, cut where they are said to be."""

import numpy as np

from ieiw.train.data.blocks import blocks_of
from tests.support.cuts import made_up_index


def test_blocks_are_found_as_a_plain_loop_finds_them():
    samples, sizes = made_up_index(samples=500, per_shard=37, sample_bytes=30_000)
    blocks = blocks_of(samples, np.asarray(sizes), 2**18)
    cells = [(int(row["shard"]), int(row["source_offset"]) // 2**18) for row in samples]
    starts = [0, *[i for i in range(1, 500) if cells[i] != cells[i - 1]]]
    assert blocks.starts.tolist() == starts
    assert blocks.stops.tolist() == [*starts[1:], 500]
