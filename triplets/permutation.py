"""Keyed bijections and draws over arrays: orders and random numbers that need no state, only the position asked for.

Plain 64-bit integer arithmetic: the numbers are the same on every machine and with every version of numpy, which numpy's own
generators do not promise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

_ROUNDS = 4
_AT_ONCE = 4096  # numbers of an order that are worked out together
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
Integers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]


def key_of(*parts: object) -> int:
    """A 64-bit key that depends on all parts and their order."""
    text = "\0".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def permuted(positions: Integers, count: int, key: int) -> Integers:
    """Where a keyed bijection of ``range(count)`` sends each position.

    A Feistel network over the next power of four, with cycle walking (Black and Rogaway, "Ciphers with Arbitrary Finite
    Domains", 2002). Good mixing, no cryptographic claim.

    Args:
        positions: (n,), each in 0..count-1.
        count: size of the domain, at least 1.
        key: 64 bits.

    Returns:
        (n,), each in 0..count-1; distinct where the positions are.
    """
    half = np.uint64(max(1, ((max(count, 2) - 1).bit_length() + 1) // 2))
    seeds = [np.uint64(key_of(key, turn) | 1) for turn in range(_ROUNDS)]
    values = _feistel(positions.astype(np.uint64), half, seeds)
    outside = np.flatnonzero(values >= count)
    while outside.size:
        values[outside] = _feistel(values[outside], half, seeds)
        outside = outside[values[outside] >= count]
    return values.astype(np.int64)


def _feistel(values: Words, half: np.uint64, seeds: list[np.uint64]) -> Words:
    mask = (np.uint64(1) << half) - np.uint64(1)
    left, right = values >> half, values & mask
    for seed in seeds:
        left, right = right, left ^ (_mixed(right + seed) & mask)
    return (left << half) | right


def _mixed(values: Words) -> Words:
    """The finaliser of splitmix64 (Steele, Lea and Flood, 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def draws(positions: Integers, kinds: int, key: int) -> npt.NDArray[np.float64]:
    """Uniform numbers in [0, 1), a pure function of key and position.

    Returns:
        (n, kinds): one column for each thing to be drawn.
    """
    kind = np.arange(kinds, dtype=np.uint64)
    counters: Words = np.add(np.multiply(positions.astype(np.uint64)[:, None], kinds, dtype=np.uint64), kind)
    bits = _mixed(_mixed(np.add(np.multiply(counters, _GOLDEN), key, dtype=np.uint64)) + _GOLDEN)
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def shuffled(count: int, key: int) -> Iterator[int]:
    """Every number of ``range(count)`` once, in the order of :func:`permuted`; holds a few thousand at a time."""
    for start in range(0, count, _AT_ONCE):
        yield from permuted(np.arange(start, min(start + _AT_ONCE, count)), count, key).tolist()
