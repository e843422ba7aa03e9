"""Huge annotation files, read picture by picture or element by element: an index of where each element lies."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.formats.json_stream import array_spans
from ieiw.builders.sources._decode_errors import decoded
from ieiw.triplets.rejects import Reason, Refusal

_Fields = TypeVar("_Fields")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the array.

    Attributes:
        data: its JSON bytes.
        number: its place in the array, from 0.
        turn: how many elements before it had the same id.
        id: official; its bytes where it has none.
        picture: number that stands for its picture.
        place: file and number, for messages.
    """

    data: bytes
    number: int
    turn: int
    id: bytes
    picture: int
    place: str

    @property
    def record_id(self) -> str:
        """Unique among all elements: the official id, with its turn where it was used before; the number where it has none."""
        if not self.id:
            return f"@{self.number}"
        official = f"@{self.number}" if self.id == self.data else self.id.decode("utf-8", "replace")
        return f"{official}#{self.turn + 1}" if self.turn else official

    def decode(self, decoder: msgspec.json.Decoder[_Fields]) -> _Fields:
        """Its fields.

        Raises:
            Refusal: ``invalid_record``; the detail names the place and the field.
        """
        try:
            return decoded(self.data, decoder)
        except ValueError as error:
            raise Refusal(Reason.INVALID_RECORD, f"{self.place}: {error}") from error


class JsonIndex:
    """The elements of a JSON array of any size, grouped by picture; 32 bytes an element and 8 a picture are kept, and nothing else.

    Groups are numbered in the order in which their pictures first occur; elements of a group keep their order.

    Args:
        root: of the data set.
        file: below it; kept open.
        identify: element's bytes -> (its id, its picture's number); must not raise.
        key: of the array in the outermost object, None where the array is the outermost value.

    Raises:
        UsageError: the file is missing.
        ieiw.builders.formats.json_stream.DocumentError: no such array, or the file is cut short.
    """

    def __init__(
        self, root: Root, file: str, identify: Callable[[bytes], tuple[bytes, int]], key: str | None = None
    ) -> None:
        offsets, lengths, groups, digests = array("q"), array("i"), array("i"), array("Q")
        group_of: dict[int, int] = {}
        self._file, self._identify = root.open(file), identify
        self._place = f"{file} {key}[{{}}]" if key else f"{file} element {{}}"
        for span in array_spans(self._file, root.full_name(file), key):
            own, picture = identify(span.data)
            offsets.append(span.offset)
            lengths.append(len(span.data))
            groups.append(group_of.setdefault(picture, len(group_of)))
            digests.append(_digest(own))
        owner = np.frombuffer(groups, np.int32)
        self._order = np.argsort(owner, kind="stable").astype(np.int32)
        self._starts = np.zeros(len(group_of) + 1, np.int64)
        np.cumsum(np.bincount(owner, minlength=len(group_of)), out=self._starts[1:])
        self._offsets, self._lengths = np.frombuffer(offsets, np.int64), np.frombuffer(lengths, np.int32)
        self._digests = np.frombuffer(digests, np.uint64)
        self._pictures = np.fromiter((_digest(b"%d" % picture) for picture in group_of), np.uint64)
        self._by_id = np.argsort(self._digests, kind="stable").astype(np.int32)
        self._turns = _turns(self._digests, self._by_id)

    def __len__(self) -> int:
        """Number of groups."""
        return len(self._starts) - 1

    def group(self, index: int) -> Iterator[Element]:
        """The elements of one picture."""
        for number in self._order[self._starts[index] : self._starts[index + 1]]:
            yield self._read(int(number))

    def group_of(self, picture: int) -> Iterator[Element]:
        """The elements of the picture of this number; none where there is no such picture."""
        for index in np.flatnonzero(self._pictures == _digest(b"%d" % picture)):
            yield from self.group(int(index))

    def find(self, own: bytes) -> Element | None:
        """The first element of this id; None where there is none."""
        digest = np.uint64(_digest(own))
        at = int(np.searchsorted(self._digests, digest, sorter=self._by_id))
        if at == len(self._by_id) or self._digests[self._by_id[at]] != digest:
            return None
        return self._read(int(self._by_id[at]))

    def _read(self, number: int) -> Element:
        self._file.seek(int(self._offsets[number]))
        data = self._file.read(int(self._lengths[number]))
        own, picture = self._identify(data)
        return Element(data, number, int(self._turns[number]), own, picture, self._place.format(number))


def by_text(field: str) -> Callable[[bytes], tuple[bytes, int]]:
    """What identifies the elements of an index by one field, a text that is the id and stands for the picture."""
    decoder = msgspec.json.Decoder(msgspec.defstruct("Head", [(field, str)]))

    def identify(data: bytes) -> tuple[bytes, int]:
        own = data
        with suppress(ValueError, RecursionError):
            own = getattr(decoder.decode(data), field).encode("utf-8", "surrogatepass")
        return own, _digest(own)

    return identify


def _turns(ids: npt.NDArray[np.uint64], order: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """For each id, how many before it are the same; ``order`` sorts them."""
    fresh = np.ones(len(ids), np.bool_)
    fresh[1:] = ids[order[1:]] != ids[order[:-1]]
    first = np.maximum.accumulate(np.where(fresh, np.arange(len(ids)), 0))
    turns = np.empty(len(ids), np.int32)
    turns[order] = np.arange(len(ids)) - first
    return turns


def _digest(text: bytes) -> int:
    """Eight bytes that stand for an id or a picture's number, however long it is."""
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")
