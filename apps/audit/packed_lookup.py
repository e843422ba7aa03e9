"""Key -> reason and value for every lost attempt, packed so that a million of them fit into a page.

Keys of one source stand together, ordered; of each the first eight base32 characters (40 bits of its hash) are kept as the
difference from the one before. Bytes of equal weight lie side by side, which is what gzip packs best. Two of a million keys
agree in 40 bits once in two builds; a page that lists a key shows it in full.
"""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ieiw.filters.columns import coded
from ieiw.pipelines.audit.excluded import LostKeys

_TAIL = 20  # base32 characters of a key after its source's name and a dash
_KEPT = 8
_ALPHABET = b"abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True)
class Packed:
    """``sources`` are (name, keys), in order; ``data`` is base64 of gzip of eleven planes of one byte a key:

    five of the difference (low byte first), two of the label's number, four of the value as float32.
    """

    sources: tuple[tuple[str, int], ...]
    data: str


def pack(lost: LostKeys) -> Packed:
    """Pack every lost key."""
    if not len(lost.keys):
        return Packed((), base64.b64encode(gzip.compress(b"", mtime=0)).decode("ascii"))
    codes, distinct = coded(pc.utf8_slice_codeunits(lost.keys, 0, -_TAIL - 1))
    names, rank = np.unique(np.array(distinct.to_pylist(), dtype=object), return_inverse=True)
    source = rank[codes]
    numbers = prefix_numbers(lost.keys)
    order = np.lexsort((numbers, source))
    source, numbers = source[order], numbers[order]
    counts = np.bincount(source, minlength=len(names))
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    steps = np.diff(numbers, prepend=np.int64(0))
    steps[first] = numbers[first]
    planes = np.concatenate(
        [
            _planes(steps, "<i8")[:5].ravel(),
            _planes(lost.label[order], "<i2").ravel(),
            _planes(lost.value[order], "<f4").ravel(),
        ]
    )
    listed = zip(names.tolist(), counts.tolist(), strict=True)
    return Packed(tuple(listed), base64.b64encode(gzip.compress(planes.tobytes(), 6, mtime=0)).decode("ascii"))


def prefix_numbers(keys: pa.Array) -> npt.NDArray[np.int64]:
    """The first eight of a key's last twenty characters as a number of 40 bits."""
    text = pc.utf8_slice_codeunits(keys, -_TAIL, _KEPT - _TAIL).cast(pa.binary()).cast(pa.binary(_KEPT))
    letters = np.frombuffer(text.buffers()[1], np.uint8)[text.offset * _KEPT :][: len(text) * _KEPT].reshape(-1, _KEPT)
    table = np.zeros(256, np.int64)
    table[np.frombuffer(_ALPHABET, np.uint8)] = np.arange(32)
    return np.asarray(table[letters] @ (32 ** np.arange(_KEPT - 1, -1, -1, dtype=np.int64)), np.int64)


def _planes(values: npt.NDArray[Any], kind: str) -> npt.NDArray[np.uint8]:
    """(bytes of one value, values)."""
    wide = np.ascontiguousarray(values.astype(kind))
    return np.ascontiguousarray(wide.view(np.uint8).reshape(len(wide), -1).T)
