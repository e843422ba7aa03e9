"""The door for JSON: small files whole, huge ones element by element without holding them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import msgspec
import numpy as np
import numpy.typing as npt

from triplets.reasons import UsageError

_CHUNK = 8 * 2**20
_OPEN, _CLOSE, _QUOTE, _ESCAPE = 1, 2, 3, 4
_KIND = np.zeros(256, np.uint8)
_KIND[list(b"[{")] = _OPEN
_KIND[list(b"]}")] = _CLOSE
_KIND[ord('"')] = _QUOTE
_KIND[ord("\\")] = _ESCAPE
_BOM = b"\xef\xbb\xbf"


class DocumentError(UsageError):
    """A document that cannot be used as a whole.

    Attributes:
        kind: ``invalid_json``, ``wrong_encoding`` or ``wrong_schema``.
        file: as the user knows it.
        detail: what is wrong, and where.
    """

    def __init__(self, kind: str, file: str, detail: str) -> None:
        super().__init__(f"{file}: {kind}: {detail}")
        self.kind = kind
        self.file = file
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Span:
    """One element of a JSON array: where its bytes lie in the file, and the bytes."""

    offset: int
    data: bytes


def parse(data: bytes) -> Any:
    """JSON bytes as Python values; NaN and infinities come through as floats, for the caller to judge.

    Raises:
        ValueError: not JSON, nested too deeply, or not UTF-8.
    """
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        pass  # perhaps NaN or an infinity, which Python's own parser takes
    try:
        return json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def load_json(data: bytes, file: str, top: type[Any] | None = None) -> Any:
    """A whole JSON document; a UTF-8 byte order mark is accepted.

    Args:
        data: the file's bytes.
        file: its name, for the message.
        top: the type that the outermost value must have (``dict`` or ``list``), or None for any.

    Raises:
        DocumentError: wrong encoding, no JSON, or another outermost value.
    """
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise DocumentError("wrong_encoding", file, "UTF-16; save it as UTF-8")
    try:
        value = parse(data.removeprefix(_BOM))
    except UnicodeDecodeError as error:
        raise DocumentError("wrong_encoding", file, f"not UTF-8 at byte {error.start}") from error
    except ValueError as error:
        raise DocumentError("invalid_json", file, f"{error}. Is the download complete?") from error
    if top is not None and not isinstance(value, top):
        raise DocumentError(
            "wrong_schema", file, f"the outermost value is a {_json_name(value)}, not a {_json_name(top())}"
        )
    return value


def _json_name(value: Any) -> str:
    names = {dict: "object", list: "list", str: "string", bool: "boolean", int: "number", float: "number"}
    return names.get(type(value), "null")


def array_spans(file: IO[bytes], name: str, key: str | None = None) -> Iterator[Span]:
    """The elements of a huge JSON array one by one, as bytes: nothing is parsed, and nothing but the element is held.

    Brackets and quotes are found with numpy in chunks of 8 MiB (some 200 MB/s on one core). Objects and lists come whole;
    anything else between two commas comes as the bytes that stand there, so that no element is lost.

    Args:
        file: binary, at its start.
        name: the file's name, for messages.
        key: None where the array is the outermost value; else its key in the outermost object, as in COCO's files.

    Raises:
        DocumentError: no such array, or the file ends inside it.
    """
    scanner = _Scanner(name, key)
    while chunk := file.read(_CHUNK):
        yield from scanner.feed(chunk)
        if scanner.done:
            return
    scanner.finish()


class _Scanner:
    """Walks over chunks and cuts the elements of one array out of them."""

    def __init__(self, name: str, key: str | None) -> None:
        self._name, self._key = name, key
        self._level = 1 if key is None else 2
        self._depth = 0
        self._in_string = False
        self._escaped = False  # the last byte of the chunk before was a backslash that escapes
        self._kept = b""  # bytes before this chunk that may still be needed
        self._kept_at = 0  # their offset in the file
        self._inside = False  # whether the wanted array is open
        self._from = 0  # where the bytes not yet accounted for begin
        self.done = False

    def feed(self, chunk: bytes) -> Iterator[Span]:
        """Elements that end in this chunk."""
        base = self._kept_at + len(self._kept)
        if base == 0:
            self._check_start(chunk)
        places, steps = self._brackets(np.frombuffer(chunk, np.uint8))
        depths = self._depth + np.cumsum(steps)
        data = self._kept + chunk
        # Only the brackets at the array's own level matter: its own, and those that open and close its elements.
        opens = (steps > 0) & ((depths == self._level) | (depths == self._level + 1))
        closes = (steps < 0) & ((depths == self._level) | (depths == self._level - 1))
        for at in np.flatnonzero(opens | closes):
            depth, place = int(depths[at]), int(places[at]) + base
            yield from self._step(data, place, depth, int(steps[at]))
            if self.done:
                return
        self._depth = int(depths[-1]) if len(depths) else self._depth
        self._keep(data, base + len(chunk))

    def _step(self, data: bytes, place: int, depth: int, step: int) -> Iterator[Span]:
        at = place - self._kept_at
        if step > 0 and depth == self._level and not self._inside:
            if data[at : at + 1] == b"[" and self._is_wanted(data, at):
                self._inside, self._from = True, place + 1
        elif self._inside and step > 0 and depth == self._level + 1:
            yield from self._between(data, self._from, place)
            self._from = place
        elif self._inside and step < 0 and depth == self._level:
            yield Span(self._from, data[self._from - self._kept_at : at + 1])
            self._from = place + 1
        elif self._inside and step < 0 and depth == self._level - 1:
            yield from self._between(data, self._from, place)
            self.done = True

    def _between(self, data: bytes, start: int, end: int) -> Iterator[Span]:
        """What stands between two elements: a comma and space, or elements that are neither objects nor lists."""
        text = data[start - self._kept_at : end - self._kept_at]
        if text in (b", ", b",", b""):
            return
        offset = start
        for piece in text.split(b","):
            if piece.strip():
                yield Span(offset, piece.strip())
            offset += len(piece) + 1

    def _is_wanted(self, data: bytes, at: int) -> bool:
        if self._key is None:
            return True
        key = json.dumps(self._key).encode()
        return re.search(rb"[{,]\s*" + re.escape(key) + rb"\s*:\s*$", data[max(0, at - 400) : at]) is not None

    def _brackets(self, chunk: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Places of brackets outside strings, and +1 or -1 for each."""
        kinds = _KIND[chunk]
        places = np.flatnonzero(kinds)
        found = kinds[places]
        keep = self._without_escaped(chunk, places, found)
        places, found = places[keep], found[keep]
        quotes = found == _QUOTE
        inside = (np.cumsum(quotes) + self._in_string) % 2 == 1
        self._in_string = bool((quotes.sum() + self._in_string) % 2)
        brackets = ~quotes & ~inside
        return places[brackets], np.where(found[brackets] == _OPEN, 1, -1).astype(np.int64)

    def _without_escaped(
        self, chunk: npt.NDArray[np.uint8], places: npt.NDArray[np.int64], found: npt.NDArray[np.uint8]
    ) -> npt.NDArray[np.bool_]:
        """Which of the places count: backslashes do not, nor what they escape. Backslashes are rare: a loop will do."""
        keep: npt.NDArray[np.bool_] = found != _ESCAPE
        skip = 0 if self._escaped else -1  # the byte that the last backslash escapes
        if skip == 0 and len(places) and places[0] == 0:
            keep[0] = False
        self._escaped = False
        for index in np.flatnonzero(found == _ESCAPE):
            place = int(places[index])
            if place == skip:
                continue
            skip = place + 1
            if index + 1 < len(places) and places[index + 1] == skip:
                keep[index + 1] = False
            self._escaped = skip == len(chunk)
        return keep

    def _keep(self, data: bytes, end: int) -> None:
        start = self._from if self._inside else max(self._kept_at, end - 400)
        self._kept = data[start - self._kept_at :]
        self._kept_at = start

    def _check_start(self, chunk: bytes) -> None:
        if chunk[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            raise DocumentError("wrong_encoding", self._name, "UTF-16; save it as UTF-8")
        first = chunk.removeprefix(_BOM).lstrip()[:1]
        wanted = b"[" if self._key is None else b"{"
        if first != wanted:
            shape = "a list" if self._key is None else f"an object with the list {self._key!r}"
            raise DocumentError("wrong_schema", self._name, f"the file is not {shape}")

    def finish(self) -> None:
        """The file has ended before the array did.

        Raises:
            DocumentError: always.
        """
        if self._inside or self._key is None:
            where = self._from if self._inside else 0
            raise DocumentError(
                "invalid_json", self._name, f"ends inside the element at byte {where:,}. Is the download complete?"
            )
        if self._depth:
            raise DocumentError("invalid_json", self._name, "ends before its last bracket. Is the download complete?")
        raise DocumentError("wrong_schema", self._name, f"has no list {self._key!r}")
