"""Duplicates, exact and near: the best row stays, every other is dropped for a better one that stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.filters.near import Hashes, distances, near_pairs

Ints = npt.NDArray[np.int64]
_ODD = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio: multiplying by it spreads numbers evenly (Knuth)."""
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


def combined_codes(*columns: npt.NDArray[Any]) -> Ints:
    """Numbers of the distinct combinations of several columns of whole numbers."""
    mixed = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        mixed = (mixed ^ column.astype(np.uint64)) * _ODD
        mixed ^= mixed >> np.uint64(29)
    _, first, codes = np.unique(mixed, return_index=True, return_inverse=True)
    if all((column == column[first[codes]]).all() for column in columns):
        return np.asarray(codes, np.int64)
    _, codes = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)  # two combinations were mixed alike
    return np.asarray(codes, np.int64).ravel()


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows that may be near duplicates, best first.

    Attributes:
        hashes: one array for each picture that must be alike.
        tasks: numbers of the tasks; rows of different tasks are never duplicates.
        identities: equal where all those pictures are equal byte for byte.
        groups: rows of one group are duplicates only where their pictures are equal; None: all may be.
    """

    hashes: tuple[Hashes, ...]
    tasks: Ints
    identities: Ints
    groups: Ints | None


class _Links:
    """Which nodes are near each other, and how near."""

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


def near_duplicates(rows: Candidates, distance: int) -> Floats:
    """Which rows lie within ``distance`` bits of a better one that stays.

    A node is what rows of one task with equal hashes share. All that stay in a node are of one group: those of another would be
    duplicates.

    Returns:
        NaN for rows that stay; for others the bits (the most of their hashes) to the nearest one they were dropped for.
    """
    result = np.full(len(rows.tasks), np.nan, np.float32)
    if not len(result):
        return result
    nodes = combined_codes(rows.tasks, *rows.hashes)
    _, first = np.unique(nodes, return_index=True)
    links = _Links(tuple(hashes[first] for hashes in rows.hashes), rows.tasks[first], distance)
    group_of = np.full(len(first), -1, np.int64)
    stay: set[int] = set()
    busy = np.flatnonzero(((np.bincount(nodes) > 1) | (np.diff(links.limits) > 0))[nodes])
    groups = rows.groups[busy] if rows.groups is not None else np.arange(len(busy))
    columns = (busy, nodes[busy], groups, rows.identities[busy])
    for row, node, group, identity in zip(*(column.tolist() for column in columns), strict=True):
        if identity in stay or group_of[node] not in (-1, group):
            result[row] = 0
            continue
        if group_of[node] < 0:  # else what would refuse this row would have been refused for the first of the node
            span = slice(links.limits[node], links.limits[node + 1])
            near = group_of[links.others[span]]
            against = (near >= 0) & (near != group)
            if against.any():
                result[row] = links.bits[span][against].min()
                continue
        group_of[node] = group
        stay.add(identity)
    return result
