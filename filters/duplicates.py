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


class Links:
    """Which nodes are near each other, and how near.

    Args:
        first: (pairs,) nodes.
        second: (pairs,) the other node of each.
        distances: (pairs,), of any unit.
        nodes: how many there are.
    """

    def __init__(self, first: Ints, second: Ints, distances: npt.NDArray[Any], nodes: int) -> None:
        low = np.concatenate([first, second])
        order = np.argsort(low, kind="stable")
        self.others, self.distances = (
            np.concatenate([second, first])[order],
            np.concatenate([distances, distances])[order],
        )
        self.limits = np.searchsorted(low[order], np.arange(nodes + 1))


def links_of_hashes(hashes: tuple[Hashes, ...], tasks: Ints, distance: int) -> Links:
    """Nodes of one task whose hashes all lie within so many bits; the distance is the most of their bits."""
    # The hash with the most distinct values makes the fewest candidates.
    leading = max(hashes, key=lambda each: len(np.unique(each)))
    first, second = near_pairs(leading, distance)
    bits = np.max([distances(each[first], each[second]) for each in hashes], axis=0)
    good = (bits <= distance) & (tasks[first] == tasks[second])
    return Links(first[good], second[good], bits[good], len(tasks))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows that may be near duplicates, best first.

    Attributes:
        nodes: numbers of the distinct things that are compared; what rows of one node share is alike.
        identities: equal where rows are equal byte for byte.
        groups: rows of one group are duplicates only where they are equal; None: all may be.
    """

    nodes: Ints
    identities: Ints
    groups: Ints | None


def near_duplicates(rows: Candidates, links: Links) -> Floats:
    """Which rows lie near a better one that stays.

    All that stay in a node are of one group: those of another would be duplicates.

    Returns:
        NaN for rows that stay; for others the distance to the nearest one they were dropped for, 0 within a node.
    """
    nodes = rows.nodes
    result = np.full(len(nodes), np.nan, np.float32)
    group_of = np.full(len(links.limits) - 1, -1, np.int64)
    stay: set[int] = set()
    busy = np.flatnonzero(((np.bincount(nodes, minlength=len(group_of)) > 1) | (np.diff(links.limits) > 0))[nodes])
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
                result[row] = links.distances[span][against].min()
                continue
        group_of[node] = group
        stay.add(identity)
    return result
