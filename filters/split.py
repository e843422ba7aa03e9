"""Train and validation: parted by picture, by a keyed hash, so that adding or dropping rows moves no other row across."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ieiw.filters.columns import coded
from ieiw.filters.rule_set import Split

Ints = npt.NDArray[np.integer[Any]]


def validation_rows(groups: pa.Array, pictures: pa.Array, split: Split) -> npt.NDArray[np.bool_]:
    """Which rows are for validation: all or none of those that show one picture.

    Rows show one picture where they share their group (whatever their source: two sources may read one data set) or the digest of
    their picture. The side follows from the least group name among them and the seed alone.

    Args:
        groups: picture group of each row.
        pictures: SHA-256 of each row's picture, in hex.
        split: share and seed.
    """
    if split.validation == 0 or len(groups) == 0:
        return np.zeros(len(groups), np.bool_)
    codes, names = coded(groups)
    linked = _linked(codes, coded(pictures)[0], len(names))
    first: dict[int, str] = {}
    for label, name in zip(linked.tolist(), names.to_pylist(), strict=True):
        if label not in first or name < first[label]:
            first[label] = name
    key = str(split.seed).encode()  # the same name and key give the same number, 0..2^64 - 1, on any machine
    hashes = b"".join([hashlib.blake2b(name.encode(), digest_size=8, key=key).digest() for name in first.values()])
    chosen = np.zeros(max(first, default=-1) + 1, np.bool_)
    chosen[list(first)] = np.frombuffer(hashes, ">u8") < int(split.validation * 2**64)
    return np.asarray(chosen[linked][codes], np.bool_)


def _linked(groups: Ints, pictures: Ints, count: int) -> Ints:
    """For each group the number of its component: groups that share a picture are one. Both count from 0, without wide gaps."""
    first = np.zeros(int(pictures.max()) + 1, groups.dtype)
    first[pictures[::-1]] = groups[::-1]  # of several rows that show a picture the first one is written last
    leader = first[pictures]  # the group in which the row's picture was first seen
    apart = groups != leader
    if not apart.any():
        return np.arange(count)
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    links = (np.ones(int(apart.sum()), np.int8), (groups[apart], leader[apart]))
    _, labels = connected_components(coo_matrix(links, shape=(count, count)), directed=False)
    return np.asarray(labels)
