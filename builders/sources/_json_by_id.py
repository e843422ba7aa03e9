"""Huge annotation files whose elements are asked for by their ids: an index of where each lies."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import IO, Any

import numpy as np

from ieiw.builders.formats.json_stream import array_spans, read_span


class ElementsById:
    """The elements of a JSON array of any size, found by a whole number; 20 bytes an element are kept. The first of equals counts.

    Args:
        file: seekable, at its start; kept open.
        name: of the file, for messages.
        key: of the array in the outermost object.
        who: element's bytes -> its id, or None for one that has none and so cannot be asked for; must not raise.

    Raises:
        ieiw.builders.formats.json_stream.DocumentError: no such array, or the file is cut short.
    """

    def __init__(self, file: IO[bytes], name: str, key: str, who: Callable[[bytes], int | None]) -> None:
        ids, offsets, lengths = array("q"), array("q"), array("i")
        for span in array_spans(file, name, key):
            number = who(span.data)
            if number is not None and -(2**63) <= number < 2**63:
                ids.append(number)
                offsets.append(span.offset)
                lengths.append(len(span.data))
        order = np.argsort(np.frombuffer(ids, np.int64), kind="stable") if ids else np.zeros(0, np.int64)
        self._file = file
        self._ids = np.frombuffer(ids, np.int64)[order] if ids else np.zeros(0, np.int64)
        self._offsets = np.frombuffer(offsets, np.int64)[order] if ids else np.zeros(0, np.int64)
        self._lengths = np.frombuffer(lengths, np.int32)[order] if ids else np.zeros(0, np.int32)

    def __len__(self) -> int:
        """Number of elements, equals included."""
        return len(self._ids)

    def get(self, number: int) -> Any:
        """The element of this id as JSON values; None where there is none.

        Raises:
            ValueError: it is not JSON.
        """
        at = int(np.searchsorted(self._ids, number))
        if at == len(self._ids) or int(self._ids[at]) != number:
            return None
        return read_span(self._file, int(self._offsets[at]), int(self._lengths[at]))
