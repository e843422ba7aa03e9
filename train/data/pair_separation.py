"""Samples of one pair, kept out of each other's batches."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from ieiw.triplets.errors import UsageError
from ieiw.triplets.permutation import Integers


def part_pairs(rows: Integers, pairs: npt.NDArray[np.uint64], batch: int) -> Integers:
    """A window's rows with every two samples of one pair in different batches.

    A sample that meets another of its pair changes places with one of its own slot in the nearest batch where neither meets
    its own; slots stay in their lanes, so ranks keep reading their own part of the window.

    Args:
        rows: (n,) rows, batch after batch.
        pairs: (n,) pair of each.
        batch: samples in a batch; the last one may be smaller.

    Raises:
        UsageError: no arrangement was found: too many samples of one pair for so few batches.
    """
    number = np.arange(len(pairs)) // batch
    order = np.lexsort((pairs, number))
    same = (pairs[order][1:] == pairs[order][:-1]) & (number[order][1:] == number[order][:-1])
    clashes = np.sort(order[1:][same])  # positions whose pair came before in the same batch
    if not len(clashes):
        return rows
    rows, pairs = rows.copy(), pairs.copy()
    members = [Counter(pairs[start : start + batch].tolist()) for start in range(0, len(pairs), batch)]
    for position in clashes.tolist():
        if members[position // batch][int(pairs[position])] > 1:
            other = _partner(position, pairs, members, batch)
            for values in (rows, pairs):
                values[position], values[other] = values[other], values[position]
    return rows


def _partner(position: int, pairs: npt.NDArray[np.uint64], members: list[Counter[int]], batch: int) -> int:
    """The place to change with; updates ``members``. Same slot first, then any slot."""
    home, pair = position // batch, int(pairs[position])
    nearest = sorted(range(len(members)), key=lambda number: (abs(number - home), number))[1:]
    slots = [position % batch, *range(batch)]
    for slot in slots:
        for number in nearest:
            other: int = number * batch + slot
            if other >= len(pairs) or members[number][pair]:
                continue
            theirs = int(pairs[other])
            if members[home][theirs]:
                continue
            members[home].update({pair: -1, theirs: 1})
            members[number].update({pair: 1, theirs: -1})
            return other
    raise UsageError(
        f"batch: {batch} is too large to keep the samples of one pair apart ({len(pairs)} samples in {len(members)} batches). "
        f"Set batch to {max(1, batch // 2)} or less"
    )
