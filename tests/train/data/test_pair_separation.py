"""Samples of one pair: parted by swaps within their slots, or told where there is no room."""

import numpy as np
import pytest

from ieiw.train.data.pair_separation import part_pairs
from ieiw.triplets.errors import UsageError


def test_pairs_are_parted_by_swaps_in_their_slots():
    pairs = np.array([1, 1, 2, 3, 4, 5, 6, 6, 7], np.uint64)  # batches of 3, the first and the last with a clash
    rows = part_pairs(np.arange(9), pairs, 3)
    assert sorted(rows.tolist()) == list(range(9))
    for start in range(0, 9, 3):
        assert len(set(pairs[rows[start : start + 3]].tolist())) == 3
    moved = np.flatnonzero(rows != np.arange(9))
    assert (rows[moved] % 3 == moved % 3).all(), "each keeps its slot"


def test_without_a_clash_nothing_moves():
    rows = np.arange(6)
    assert part_pairs(rows, np.array([1, 2, 1, 2, 3, 4], np.uint64), 2) is rows


def test_too_many_samples_of_one_pair_are_told():
    with pytest.raises(UsageError, match=r"batch: 8 is too large to keep the samples of one pair apart"):
        part_pairs(np.arange(40), np.full(40, 9, np.uint64), 8)
