"""Huge annotation files, read picture by picture: an index of where each element lies, sorted by picture."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
import numpy.typing as npt

from ieiw.builders.formats.json_stream import array_spans


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the array.

    Attributes:
        data: its JSON bytes.
        number: its place in the array, from 0.
        turn: how many elements before it had the same id.
    """

    data: bytes
    number: int
    turn: int


class GroupedElements:
    """The elements of a JSON array of any size, grouped by picture; 28 bytes an element are kept, and nothing else.

    Groups are numbered in the order in which their pictures first occur; elements of a group keep their order.

    Args:
        file: seekable, at its start; kept open.
        name: of the file, for messages.
        who: element's bytes -> (its id, its picture's number); must not raise.
        key: of the array in the outermost object, None where the array is the outermost value.

    Raises:
        ieiw.builders.formats.json_stream.DocumentError: no such array, or the file is cut short.
    """

    def __init__(
        self, file: IO[bytes], name: str, who: Callable[[bytes], tuple[bytes, int]], key: str | None = None
    ) -> None:
        offsets, lengths, groups, digests = array("q"), array("i"), array("i"), array("Q")
        group_of: dict[int, int] = {}
        for span in array_spans(file, name, key):
            element, picture = who(span.data)
            offsets.append(span.offset)
            lengths.append(len(span.data))
            groups.append(group_of.setdefault(picture, len(group_of)))
            digests.append(int.from_bytes(hashlib.blake2b(element, digest_size=8).digest(), "little"))
        owner = np.frombuffer(groups, np.int32)
        order = np.argsort(owner, kind="stable").astype(np.int32)
        self._file = file
        self._starts = np.zeros(len(group_of) + 1, np.int64)
        np.cumsum(np.bincount(owner, minlength=len(group_of)), out=self._starts[1:])
        self._offsets = np.frombuffer(offsets, np.int64)[order]
        self._lengths = np.frombuffer(lengths, np.int32)[order]
        self._turns = _turns(np.frombuffer(digests, np.uint64))[order]
        self._numbers = order

    def __len__(self) -> int:
        """Number of groups."""
        return len(self._starts) - 1

    def group(self, index: int) -> Iterator[Element]:
        """The elements of one picture."""
        for at in range(int(self._starts[index]), int(self._starts[index + 1])):
            self._file.seek(int(self._offsets[at]))
            data = self._file.read(int(self._lengths[at]))
            yield Element(data, int(self._numbers[at]), int(self._turns[at]))


def _turns(digests: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
    """For each id, how often it has occurred before."""
    order = np.argsort(digests, kind="stable")
    ordered = digests[order]
    fresh = np.ones(len(ordered), np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    first = np.maximum.accumulate(np.where(fresh, np.arange(len(ordered)), 0))
    turns = np.empty(len(ordered), np.int32)
    turns[order] = np.arange(len(ordered)) - first
    return turns
