"""Near pairs against comparing each hash with each."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.filters.near import MOST_BITS, distances, least_distances, near_pairs


def brute(hashes, distance):
    bits = [[int(a ^ b).bit_count() for b in hashes.tolist()] for a in hashes.tolist()]
    return [(i, j) for i in range(len(bits)) for j in range(i + 1, len(bits)) if bits[i][j] <= distance]


def clustered(seed, count, centres=3):
    """A few hashes, and others at 0 to 9 bits from one of them: every distance that is looked for occurs, and the next."""
    random = np.random.default_rng(seed)
    middles = random.integers(0, 2**64, centres, dtype=np.uint64).tolist()
    flips = [random.choice(64, number % 10, replace=False).tolist() for number in range(count)]
    return np.array([middles[at % centres] ^ sum(1 << bit for bit in bits) for at, bits in enumerate(flips)], np.uint64)


@pytest.mark.parametrize(("seed", "count"), [(0, 90), (1, 90), (2, 1), (3, 0)])
def test_all_pairs_and_no_others(seed, count):
    hashes = clustered(seed, count)
    for distance in range(MOST_BITS + 1):
        first, second = near_pairs(hashes, distance)
        assert list(zip(first.tolist(), second.tolist(), strict=True)) == brute(hashes, distance)


@pytest.mark.parametrize("spread", [range(0, 8), range(56, 64), range(0, 24, 3), (0, 1, 2, 30, 31, 32, 62, 63)])
def test_wherever_the_bits_differ(spread):
    hashes = np.array([0, sum(1 << bit for bit in spread)], np.uint64)
    assert [each.tolist() for each in near_pairs(hashes, 8)] == [[0], [1]]
    assert not len(near_pairs(hashes, 7)[0])


def test_thousands_of_equal_hashes_are_cut_into_bites(monkeypatch):
    monkeypatch.setattr("ieiw.filters.near._AT_ONCE", 100)
    first, second = near_pairs(np.zeros(300, np.uint64), 2)
    assert len(first) == 300 * 299 // 2
    assert (first < second).all()


def test_distance_out_of_range():
    with pytest.raises(ValueError, match="distance 9"):
        near_pairs(np.zeros(2, np.uint64), MOST_BITS + 1)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 60), st.integers(0, 60))
def test_least_distances(seed, count, other_count):
    hashes, others = clustered(seed, count), clustered(seed + 1, other_count)
    expected = [min((int(a ^ b).bit_count() for b in others.tolist()), default=65) for a in hashes.tolist()]
    assert least_distances(hashes, others).tolist() == expected


def test_least_distances_in_blocks(monkeypatch):
    random = np.random.default_rng(0)
    hashes, others = (random.integers(0, 2**64, count, dtype=np.uint64) for count in (101, 7))
    expected = distances(hashes[:, None], others[None]).min(axis=1).tolist()
    monkeypatch.setattr("ieiw.filters.near._AT_ONCE", 20)
    assert least_distances(hashes, others).tolist() == expected
