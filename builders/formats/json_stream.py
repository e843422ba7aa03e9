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

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.formats.repeated_keys import repeated_key
from ieiw.triplets.errors import UsageError

_CHUNK = 8 * 2**20
_MAX_DOCUMENT = 4 * 2**30
_MAX_ELEMENT = 256 * 2**20
_LOOK_BACK = 400
"""Bytes kept before a bracket, in which the key of its array is looked for."""
_OPEN, _CLOSE, _QUOTE, _ESCAPE = 1, 2, 3, 4
_KINDS = bytes.maketrans(bytes(range(256)), bytes(b'[]{}"\\'.find(code) + 1 for code in range(256)))
_KINDS = _KINDS.translate(bytes.maketrans(bytes(range(1, 7)), bytes([_OPEN, _CLOSE, _OPEN, _CLOSE, _QUOTE, _ESCAPE])))
"""Byte -> what it may be in JSON; 0 for all that is of no interest here."""
_PIECE = re.compile(rb'(?:"(?:[^"\\]|\\.)*+"|[^,"])++', re.DOTALL)
"""What stands between two commas; commas in strings are no borders."""
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_BOM = b"\xef\xbb\xbf"
_CUT = "Is the download complete?"


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
        ValueError: not JSON, nested too deeply, not UTF-8, or a string that is no text (half a surrogate pair).
    """
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        pass  # perhaps NaN or an infinity, which Python's own parser takes; it also says better where the damage is
    try:
        value = json.loads(data.decode("utf-8"))
        if _SURROGATE.search(data):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def load_json(data: bytes, file: str, top: type[Any] | None = None) -> Any:
    """A whole JSON document; a UTF-8 byte order mark is accepted, a key that the outermost object has twice is not.

    Args:
        data: the file's bytes.
        file: its name, for the message.
        top: the type that the outermost value must have (``dict`` or ``list``), or None for any.

    Raises:
        DocumentError: ``wrong_encoding``, ``invalid_json``, or ``wrong_schema`` for another outermost value or a repeated key.
    """
    _check_encoding(data, file)
    data = data.removeprefix(_BOM)
    try:
        value = parse(data)
    except UnicodeDecodeError as error:
        raise DocumentError("wrong_encoding", file, f"not UTF-8 at byte {error.start:,}") from error
    except ValueError as error:
        detail = f"{error}. {_CUT}" if data.strip() else f"an empty file. {_CUT}"
        raise DocumentError("invalid_json", file, detail) from error
    if top is not None and not isinstance(value, top):
        detail = f"the outermost value is {_json_name(value)}, not {_json_name(top())}"
        raise DocumentError("wrong_schema", file, detail)
    check_keys(data, file)
    return value


def read_json(root: Root, file: str, top: type[Any]) -> Any:
    """A whole JSON document below a data set's root, see :func:`load_json`.

    Raises:
        DocumentError: as :func:`load_json`.
        ieiw.triplets.rejects.Refusal: it is missing, or larger than 4 GiB.
    """
    return load_json(root.read(file, _MAX_DOCUMENT), root.full_name(file), top)


def check_keys(data: bytes, file: str) -> None:
    """Make sure that no value of a sound document's outermost object is lost behind another one of the same key.

    Raises:
        DocumentError: ``wrong_schema``: a key stands there twice.
    """
    key = repeated_key(data)
    if key is not None:
        detail = f"the key {key[:200]!r} stands there twice. Rename one, or take out the one that does not count"
        raise DocumentError("wrong_schema", file, detail)


def read_span(file: IO[bytes], offset: int, length: int) -> Any:
    """One element of an array as Python values, from the place that :func:`array_spans` gave for it.

    Raises:
        ValueError: as :func:`parse`.
    """
    file.seek(offset)
    return parse(file.read(length))


def _check_encoding(data: bytes, file: str) -> None:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise DocumentError("wrong_encoding", file, "UTF-16 or UTF-32; save it as UTF-8")


def _json_name(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "null")


def array_spans(file: IO[bytes], name: str, key: str | None = None) -> Iterator[Span]:
    """The elements of a huge JSON array one by one, as bytes: nothing is parsed, and only one element is kept.

    Brackets and quotes are found with numpy in chunks of 8 MiB (some 200 MB/s on one core). Objects and lists come whole;
    anything else between two commas comes as the bytes that stand there, so that no element is lost. An element that is not
    JSON comes as it is, for the caller to parse and to report with its offset.

    Args:
        file: binary, at its start.
        name: the file's name, for messages.
        key: None where the array is the outermost value; else its key in the outermost object, as in COCO's files.

    Raises:
        DocumentError: ``wrong_schema`` where there is no such array, ``wrong_encoding``, or ``invalid_json`` where the file
            ends inside the array, an element never ends, or something follows the outermost array.
    """
    scanner = _Scanner(name, key)
    while chunk := file.read(_CHUNK):
        if not scanner.done:
            yield from scanner.feed(chunk)
        elif key is None:
            scanner.check_rest(chunk)
        else:
            return
    scanner.finish()


class _Scanner:
    """Walks over chunks and cuts the elements of one array out of them."""

    def __init__(self, name: str, key: str | None) -> None:
        self._name, self._key = name, key
        self._opening = re.compile(rb"[{,]\s*" + re.escape(json.dumps(key).encode()) + rb"\s*:\s*$")
        self._level = 1 if key is None else 2
        self._depth = 0
        self._in_string = False
        self._escaped = False  # the last byte of the chunk before was a backslash that escapes
        self._kept = b""  # bytes before this chunk that may still be needed
        self._kept_at = 0  # their offset in the file
        self._inside = False  # whether the wanted array is open
        self._from = 0  # where the bytes not yet accounted for begin
        self._begun = False  # whether the first byte that is not white was seen
        self.done = False

    def feed(self, chunk: bytes) -> Iterator[Span]:
        """Elements that end in this chunk."""
        base = self._kept_at + len(self._kept)
        if not self._begun:
            self._check_start(chunk, base)
        places, steps = self._brackets(chunk)
        depths = self._depth + np.cumsum(steps)
        data = self._kept + chunk
        # Only the brackets at the array's own level matter: its own, and those that open and close its elements.
        opens = (steps > 0) & ((depths == self._level) | (depths == self._level + 1))
        closes = (steps < 0) & ((depths == self._level) | (depths == self._level - 1))
        matter = np.flatnonzero(opens | closes)
        rows = zip((places[matter] + base).tolist(), depths[matter].tolist(), steps[matter].tolist(), strict=True)
        for place, depth, step in rows:
            yield from self._step(data, place, depth, step)
            if self.done:
                if self._key is None:
                    self.check_rest(data[place + 1 - self._kept_at :])
                return
        self._depth = int(depths[-1]) if len(depths) else self._depth
        end = base + len(chunk)
        start = self._from if self._inside else max(self._kept_at, end - _LOOK_BACK)
        if end - start > _MAX_ELEMENT:
            detail = f"the element at byte {start:,} does not end within {_MAX_ELEMENT:,} bytes"
            raise DocumentError("invalid_json", self._name, detail)
        self._kept, self._kept_at = data[start - self._kept_at :], start

    def check_rest(self, rest: bytes) -> None:
        """Make sure that only white space follows the array.

        Raises:
            DocumentError: more follows: two files in one, or a bracket too many.
        """
        if rest.strip():
            raise DocumentError("invalid_json", self._name, f"something follows the list: {rest.strip()[:40]!r}")

    def _step(self, data: bytes, place: int, depth: int, step: int) -> Iterator[Span]:
        at = place - self._kept_at
        if step > 0 and depth == self._level and not self._inside:
            before = data[max(0, at - _LOOK_BACK) : at]
            if data[at : at + 1] == b"[" and (self._key is None or self._opening.search(before)):
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
        for piece in _PIECE.finditer(text):
            found = piece.group().strip()
            if found:
                yield Span(start + piece.start() + piece.group().index(found), found)

    def _brackets(self, chunk: bytes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Places of brackets outside strings, and +1 or -1 for each."""
        kinds = np.frombuffer(chunk.translate(_KINDS), np.uint8)
        places = np.flatnonzero(kinds != 0)
        found = kinds[places]
        keep = self._without_escaped(len(chunk), places, found)
        places, found = places[keep], found[keep]
        quotes = found == _QUOTE
        inside = np.logical_xor.accumulate(quotes) ^ self._in_string
        self._in_string = bool((np.count_nonzero(quotes) + self._in_string) % 2)
        brackets = ~quotes & ~inside
        return places[brackets], np.where(found[brackets] == _OPEN, 1, -1).astype(np.int64)

    def _without_escaped(
        self, length: int, places: npt.NDArray[np.int64], found: npt.NDArray[np.uint8]
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
            self._escaped = skip == length
        return keep

    def _check_start(self, chunk: bytes, base: int) -> None:
        if base == 0:
            _check_encoding(chunk, self._name)
            chunk = chunk.removeprefix(_BOM)
        first = chunk.lstrip()[:1]
        self._begun = bool(first)
        if first and first != (b"[" if self._key is None else b"{"):
            shape = "a list" if self._key is None else f"an object with the list {self._key!r}"
            raise DocumentError("wrong_schema", self._name, f"the outermost value is not {shape}")

    def finish(self) -> None:
        """The file has ended.

        Raises:
            DocumentError: the array has not.
        """
        if self.done:
            return
        if not self._begun:
            raise DocumentError("invalid_json", self._name, f"an empty file. {_CUT}")
        if self._inside:
            detail = f"the file ends inside the list, in what begins at byte {self._from:,}. {_CUT}"
            raise DocumentError("invalid_json", self._name, detail)
        if self._depth:
            raise DocumentError("invalid_json", self._name, f"the file ends before its last bracket. {_CUT}")
        raise DocumentError("wrong_schema", self._name, f"has no list {self._key!r}")
