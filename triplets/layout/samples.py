"""Samples read back from the shards by byte range, each member held against the digest in its row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa

from ieiw.triplets.errors import DamageError
from ieiw.triplets.storage.store import Store

Member = Literal["source", "target", "json"]
MEMBERS: tuple[Member, ...] = ("source", "target", "json")
"""Of a sample, in the order in which a shard holds them."""
_BLOCK_BYTES = 16 * 2**20


def sample_columns(members: Sequence[Member] = MEMBERS) -> list[str]:
    """The columns of a row that :func:`read_samples` needs."""
    return ["key", "shard", *(f"{member}_{field}" for member in members for field in ("offset", "size", "sha256"))]


def read_samples(
    store: Store, rows: pa.Table, members: Sequence[Member] = MEMBERS
) -> Iterator[tuple[dict[str, Any], dict[Member, bytes]]]:
    """Each row with its members' bytes, in order; neighbours in a shard are read in one request.

    Args:
        store: of the build.
        rows: at least :func:`sample_columns`, of one unit or of several, neighbours in a shard together.
        members: which ones, in the shard's order.

    Raises:
        DamageError: a shard is missing, or a member is not the one whose digest its row holds.
    """
    listed = rows.to_pylist()
    start = 0
    while start < len(listed):
        shard, first = listed[start]["shard"], listed[start][f"{members[0]}_offset"]
        end = start + 1
        while end < len(listed) and listed[end]["shard"] == shard:
            if not 0 <= _end(listed[end], members[-1]) - first <= _BLOCK_BYTES:
                break
            end += 1
        try:
            block = store.read_range(shard, first, _end(listed[end - 1], members[-1]) - first)
        except FileNotFoundError as error:
            raise DamageError(f"{shard} is missing") from error
        for row in listed[start:end]:
            yield row, {member: _member(block, row, member, first) for member in members}
        start = end


def _member(block: bytes, row: Mapping[str, Any], member: Member, first: int) -> bytes:
    """The bytes of a member, compared with its row: hashing costs a thousandth of scoring."""
    start = row[f"{member}_offset"] - first
    data = block[start : start + row[f"{member}_size"]]
    if hashlib.sha256(data).hexdigest() != row[f"{member}_sha256"]:
        raise DamageError(f"{row['shard']}, sample {row['key']}: its {member} differs from the SHA-256 in its row")
    return data


def _end(row: Mapping[str, Any], member: Member) -> int:
    return int(row[f"{member}_offset"] + row[f"{member}_size"])
