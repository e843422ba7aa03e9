"""Duplicates, exact and near: the best row stays, every other is dropped for a better one that stays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from filters.near import Hashes, distances, near_pairs

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


def rank_within(codes: Ints) -> Ints:
    """For each element, how many equal ones stand before it."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    fresh = np.ones(len(codes), np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    first = np.maximum.accumulate(np.where(fresh, np.arange(len(codes)), 0))
    ranks = np.empty(len(codes), np.int64)
    ranks[order] = np.arange(len(codes)) - first
    return ranks


def joined(*columns: npt.NDArray[Any]) -> Ints:
    """Numbers of the distinct combinations of several columns."""
    codes = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        distinct, numbers = np.unique(column, return_inverse=True)
        _, codes = np.unique(codes * max(len(distinct), 1) + numbers.ravel(), return_inverse=True)
        codes = codes.ravel()
    return codes


def near_duplicates(hashes: tuple[Hashes, ...], tasks: Ints, groups: Ints | None, distance: int) -> Floats:
    """Which rows, best first, lie near one that stays.

    A row is dropped where a better row that stays has the same task, another group, and every hash within ``distance`` bits.

    Args:
        hashes: one array for each picture that must be alike.
        tasks: numbers of the tasks.
        groups: rows of one group are never duplicates; None: all may be.
        distance: bits.

    Returns:
        NaN for rows that stay; for others the bits (the most of their hashes) to the nearest one they were dropped for.
    """
    if not len(tasks):
        return np.empty(0, np.float32)
    nodes = joined(tasks, *hashes)
    count = int(nodes.max(initial=-1)) + 1
    _, first = np.unique(nodes, return_index=True)
    links = _Links(tuple(each[first] for each in hashes), tasks[first], distance)
    return _greedy(nodes, groups, links, count)


class _Links:
    """Which nodes are near each other, and how near. A node is what rows of one task with equal hashes share."""

    def __init__(self, hashes: tuple[Hashes, ...], tasks: Ints, distance: int) -> None:
        # The hash with the most distinct values makes the fewest candidates.
        leading = max(hashes, key=lambda each: len(np.unique(each)))
        low, high = near_pairs(leading, distance)
        low, high = (np.concatenate(each) for each in ((low, high), (high, low)))
        bits = np.max([distances(each[low], each[high]) for each in hashes], axis=0)
        good = (bits <= distance) & (tasks[low] == tasks[high])
        low, self.others, self.bits = low[good], high[good], bits[good]
        order = np.argsort(low, kind="stable")
        self.others, self.bits = self.others[order], self.bits[order]
        self.limits = np.searchsorted(low[order], np.arange(len(tasks) + 1))


def _greedy(nodes: Ints, groups: Ints | None, links: _Links, count: int) -> Floats:
    """Go through the rows, best first. All that stay in a node are of one group, since rows of another would be duplicates."""
    result = np.full(len(nodes), np.nan, np.float32)
    holder = np.full(count, -1, np.int64)
    busy = (np.bincount(nodes, minlength=count) > 1) | (np.diff(links.limits) > 0)
    rows = np.flatnonzero(busy[nodes])
    names = groups[rows] if groups is not None else np.arange(len(rows))
    for row, node, group in zip(rows.tolist(), nodes[rows].tolist(), names.tolist(), strict=True):
        if holder[node] == group:  # what would refuse this row would have been refused for that one
            continue
        if holder[node] >= 0:
            result[row] = 0
            continue
        span = slice(links.limits[node], links.limits[node + 1])
        held = holder[links.others[span]]
        against = (held >= 0) & (held != group)
        if against.any():
            result[row] = links.bits[span][against].min()
        else:
            holder[node] = group
    return result
