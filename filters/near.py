"""Pairs of 64-bit hashes within a few bits of each other: all of them, without comparing each with each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
_PARTS, _WIDTH = 3, 22
MOST_BITS = 8
"""The farthest that :func:`near_pairs` looks. Beyond, hashes of pictures that have nothing in common begin to meet."""
_AT_ONCE = 2**22


def near_pairs(hashes: Hashes, distance: int) -> tuple[Ints, Ints]:
    """All pairs of different positions whose hashes differ in at most ``distance`` bits.

    A hash is cut into three parts. Two hashes that differ in at most d bits differ in at most d // 3 bits in one of the parts
    (pigeonhole), so that it is enough to look, for each part, into the buckets that close by (multi-index hashing: Norouzi, Punjani
    and Fleet, "Fast search in Hamming space with multi-index hashing", 2012). Parts take every third bit, which spreads the bits of
    a perceptual hash evenly. faiss's ``IndexBinaryMultiHash`` finds the same pairs, more than ten times slower.

    Args:
        hashes: 64-bit hashes, distinct or not.
        distance: 0..:data:`MOST_BITS`.

    Returns:
        First and second position of each pair, first < second, sorted.
    """
    if not 0 <= distance <= MOST_BITS:
        raise ValueError(f"distance {distance} is not within 0..{MOST_BITS}")
    count = max(len(hashes), 1)
    found = [np.empty(0, np.int64)]
    for part in range(_PARTS):
        for first, second in _candidates(_part(hashes, part), distance // _PARTS):
            near = distances(hashes[first], hashes[second]) <= distance
            first, second = first[near], second[near]
            found.append(np.minimum(first, second) * count + np.maximum(first, second))
    codes = np.unique(np.concatenate(found))
    return codes // count, codes % count


def distances(first: Hashes, second: Hashes) -> npt.NDArray[np.uint8]:
    """Number of bits in which hashes differ; the arrays broadcast."""
    return np.asarray(np.bitwise_count(first ^ second))


def _part(hashes: Hashes, number: int) -> Ints:
    """Every third bit, from ``number`` on, as numbers of 22 bits."""
    part = np.zeros(len(hashes), np.int64)
    for bit in range(len(range(number, 64, _PARTS))):
        part |= ((hashes >> np.uint64(_PARTS * bit + number)) & np.uint64(1)).astype(np.int64) << bit
    return part


def _candidates(part: Ints, flips: int) -> Iterator[tuple[Ints, Ints]]:
    """Pairs of positions whose parts differ in at most ``flips`` bits, each once, some millions at a time."""
    order = np.argsort(part, kind="stable")
    sizes = np.bincount(part, minlength=2**_WIDTH)
    starts = np.cumsum(sizes) - sizes
    buckets = np.flatnonzero(sizes)
    yield from _pairs_of(order, starts, sizes, buckets, buckets)
    for count in range(1, flips + 1):
        for bits in combinations(range(_WIDTH), count):
            others = buckets ^ sum(1 << bit for bit in bits)
            there = (buckets < others) & (sizes[others] > 0)
            yield from _pairs_of(order, starts, sizes, buckets[there], others[there])


def _pairs_of(order: Ints, starts: Ints, sizes: Ints, left: Ints, right: Ints) -> Iterator[tuple[Ints, Ints]]:
    """All pairs of a member of ``left[i]`` and a member of ``right[i]``; of equal buckets each pair once."""
    # One item of work is one member of a left bucket against its whole right bucket.
    counts = sizes[left]
    bucket = np.repeat(np.arange(len(left)), counts)
    within = np.arange(len(bucket)) - np.repeat(np.cumsum(counts) - counts, counts)
    same = (left == right)[bucket]
    begin = starts[right][bucket] + np.where(same, within + 1, 0)
    length = starts[right][bucket] + sizes[right][bucket] - begin
    member = order[starts[left][bucket] + within]
    ends = np.cumsum(length)
    position = 0
    while position < len(member):
        done = int(ends[position - 1]) if position else 0
        stop = max(position + 1, int(np.searchsorted(ends, done + _AT_ONCE, side="right")))
        take = length[position:stop]
        first = np.repeat(member[position:stop], take)
        offset = np.arange(len(first)) - np.repeat(np.cumsum(take) - take, take)
        yield first, order[np.repeat(begin[position:stop], take) + offset]
        position = stop


def least_distances(hashes: Hashes, others: Hashes) -> npt.NDArray[Any]:
    """For each hash the least number of bits to one of the others; 65 where there are none. Compares each with each."""
    least = np.full(len(hashes), 65, np.uint8)
    if not len(others):
        return least
    step = max(1, _AT_ONCE // len(others))
    for start in range(0, len(hashes), step):
        block = hashes[start : start + step]
        least[start : start + step] = distances(block[:, None], others[None, :]).min(axis=1)
    return least
