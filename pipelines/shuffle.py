"""A keyed bijection of 0..n-1: an order for units that needs no list in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

_ROUNDS = 4


def shuffled(count: int, key: str) -> Iterator[int]:
    """Every number of ``range(count)`` once, in an order that depends on ``count`` and ``key`` alone.

    A Feistel network over the next power of four, with cycle walking (Black and Rogaway, "Ciphers with Arbitrary Finite
    Domains", 2002). Good mixing, no cryptographic claim.
    """
    half = max(1, ((max(count, 2) - 1).bit_length() + 1) // 2)
    mask = (1 << half) - 1
    seeds = [
        int.from_bytes(hashlib.sha256(f"{key}\0{turn}".encode()).digest()[:8], "little") | 1 for turn in range(_ROUNDS)
    ]
    for start in range(count):
        value = start
        while True:
            left, right = value >> half, value & mask
            for seed in seeds:
                mixed = ((right + 1) * seed) & 0xFFFFFFFFFFFFFFFF
                mixed ^= mixed >> 29
                mixed = (mixed * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
                left, right = right, left ^ ((mixed >> 32) & mask)
            value = (left << half) | right
            if value < count:
                break
        yield value
