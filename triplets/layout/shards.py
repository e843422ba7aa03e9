"""Shards: plain WebDataset tars whose bytes depend on their samples alone, and readers by byte range."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import msgspec

from ieiw.triplets.records import Answer, Built

BLOCK = 512
"""Bytes of a tar's block: one header block stands before each member's bytes, which are padded to whole blocks."""


_BUFFER = 2**20
"""Bytes gathered before they go to disk: a picture is more than Python's own buffer, and would be a call of its own."""
_PIECES = 1000
"""Pieces that they may be in; POSIX lets a system refuse more than 1,024."""


def padded(size: int) -> int:
    """``size`` rounded up to whole blocks."""
    return -(-size // BLOCK) * BLOCK


def shard_size(end: int) -> int:
    """Bytes of a whole shard whose last member's bytes end at ``end``: two empty blocks, then padding to a whole tar record."""
    return -(-(padded(end) + 2 * BLOCK) // tarfile.RECORDSIZE) * tarfile.RECORDSIZE


@dataclass(frozen=True, slots=True)
class Span:
    """Where a member's bytes lie in its shard, and their SHA-256 (hex)."""

    offset: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member as read back from a shard."""

    name: str
    offset: int
    data: bytes

    @property
    def key(self) -> str:
        """Part of the name before the first dot."""
        return self.name.partition(".")[0]

    @property
    def role(self) -> str:
        """``source``, ``target`` or ``json``."""
        return self.name.split(".")[1] if "." in self.name else ""


class ShardWriter:
    """Writes samples as WebDataset lays them out, deterministically, and says where each member lies.

    ustar headers only, integer mtime 0, owner ``ieiw``, mode 0444: byte for byte what webdataset's own ``TarWriter`` writes with
    these settings (a test compares), without importing it, because it loads torch into every worker.

    Args:
        path: file to write; it is not yet the published shard.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._waiting: list[bytes] = []
        self._waiting_size = 0
        self._digest = hashlib.sha256()  # made on the way: reading the file again costs as much as writing it
        self._end = 0
        self.sha256 = ""
        """Of the whole shard (hex), once it is closed."""
        self.size = 0
        """Of the whole shard, in bytes, once it is closed."""

    def __enter__(self) -> ShardWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._file:
            self._write(bytes(shard_size(self._end) - self._end))
            self._flush()
        self.sha256, self.size = self._digest.hexdigest(), shard_size(self._end)

    def add(self, built: Built) -> dict[str, Span]:
        """Append one sample as ``KEY.source.*``, ``KEY.target.*``, ``KEY.json``; returns role -> span."""
        key, triplet = built.attempt.key, built.triplet
        return {
            "source": self._member(f"{key}.source.{triplet.source.extension}", triplet.source.data),
            "target": self._member(f"{key}.target.{triplet.target.extension}", triplet.target.data),
            "json": self._member(f"{key}.json", sample_json(built)),
        }

    def _member(self, name: str, data: bytes) -> Span:
        offset = self._end + BLOCK
        # Written here, not by tarfile's own file: its stream takes three times as long for members of a few kilobytes.
        self._write(_header(name, len(data)))
        self._write(data)
        self._write(bytes(padded(len(data)) - len(data)))
        self._end = offset + padded(len(data))
        return Span(offset, len(data), hashlib.sha256(data).hexdigest())

    def _write(self, data: bytes) -> None:
        self._digest.update(data)
        self._waiting.append(data)
        self._waiting_size += len(data)
        if self._waiting_size >= _BUFFER or len(self._waiting) == _PIECES:
            self._flush()

    def _flush(self) -> None:
        """One call of the kernel for all that waits, and none of it copied before."""
        written = os.writev(self._file.fileno(), self._waiting) if self._waiting else 0
        if written < self._waiting_size:  # a signal came, or the disk is nearly full; the next write tells
            rest = memoryview(b"".join(self._waiting))[written:]
            while rest:
                rest = rest[self._file.write(rest) :]
        self._waiting, self._waiting_size = [], 0


def _blank_header() -> bytes:
    """The header of a member without a name, a size or a checksum."""
    info = tarfile.TarInfo()
    info.mode, info.mtime = 0o444, 0
    info.uname = info.gname = "ieiw"
    header = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    header[_CHECKSUM] = b" " * 8  # what it counts as while it is being computed
    return bytes(header)


_NAME, _SIZE, _CHECKSUM = slice(0, 100), slice(124, 135), slice(148, 156)
"""Where a ustar header holds them."""
_BLANK = _blank_header()


def _header(name: str, size: int) -> bytes:
    """A member's header, byte for byte as tarfile writes it, in a fourth of the time.

    Raises:
        ValueError: a name of more than 100 bytes or a size of 8 GiB and more, which ustar's plain fields do not hold.
    """
    text = name.encode("utf-8")
    if len(text) > 100 or size >= 8**11:
        raise ValueError(f"{name!r}, {size:,} bytes: ustar holds names of 100 bytes and files below 8 GiB")
    header = bytearray(_BLANK)
    header[_NAME] = text.ljust(100, b"\0")
    header[_SIZE] = b"%011o" % size
    header[_CHECKSUM] = b"%06o\0 " % sum(header)
    return bytes(header)


_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def canonical_json(value: Any) -> str:
    """JSON text that depends on the value alone: sorted keys, no spaces, no NaN.

    Raises:
        ValueError: NaN or an infinity inside.
    """
    return _CANONICAL.encode(value)


def sample_json(built: Built) -> bytes:
    """The json member: the same fields with the same types in every sample of every task, no nulls."""
    attempt, triplet, record = built.attempt, built.triplet, built.attempt.record
    provenance: Mapping[str, Any] = {
        **triplet.facts,
        "backend": triplet.backend,
        "group": record.group,
        "licence": record.licence,
        "pair": triplet.pair,
        "picture": record.files.get("picture", ""),
        "picture_sha256": built.picture_sha256,
        "record": record.id,
        "variant": attempt.variant,
    }
    sample = {
        "instruction": triplet.instruction,
        "alternatives": list(triplet.alternatives) or [triplet.instruction],
        "task": attempt.task,
        "dataset": attempt.source,
        "split": record.split,
        "answer": _json(triplet.answer).decode("utf-8"),
        "provenance": _json(provenance).decode("utf-8"),
    }
    return _json(sample)


_QUICK = msgspec.json.Encoder(order="sorted")


def _json(value: Mapping[str, Any] | Answer) -> bytes:
    """What :func:`canonical_json` gives, in a tenth of the time; lone surrogates become question marks.

    msgspec writes NaN as null, so whatever holds a null goes through Python's encoder, which refuses NaN.
    """
    try:
        text = _QUICK.encode(value)
    except (UnicodeEncodeError, TypeError):  # lone surrogates; keys that are no text
        text = b"null"
    return canonical_json(msgspec.to_builtins(value)).encode("utf-8", "replace") if b"null" in text else text


def members(file: IO[bytes]) -> Iterator[Member]:
    """The members of a shard in order.

    Raises:
        tarfile.TarError: damaged, truncated, or holding anything but plain files.
    """
    with tarfile.open(fileobj=file, mode="r:") as tar:
        for info in tar:
            if not info.isreg():
                raise tarfile.ReadError(f"{info.name}: not a plain file")
            stream = tar.extractfile(info)
            data = stream.read() if stream else b""
            if len(data) != info.size:
                raise tarfile.ReadError(f"{info.name}: truncated")
            yield Member(info.name, info.offset_data, data)
