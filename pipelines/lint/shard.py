"""One shard, read once from its first byte to its last: headers, members, json and pictures, against its rows."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from ieiw.pipelines.lint.files import DAMAGE, brief
from ieiw.pipelines.lint.report import Findings, Kind
from ieiw.triplets.layout.rows import Mark, clean_text
from ieiw.triplets.rejects import Refusal
from ieiw.triplets.storage.store import Store

_BLOCK, _RECORD = tarfile.BLOCKSIZE, tarfile.RECORDSIZE
_ROLES = ("source", "target", "json")
_MAGIC = {"jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
_IN_ROW = ("record", "group", "pair", "variant", "picture", "picture_sha256", "licence", "backend")


class Sample(msgspec.Struct, forbid_unknown_fields=True):
    """The json member of every sample: these fields, these types, nothing else, no nulls."""

    instruction: str
    alternatives: Annotated[list[str], msgspec.Meta(min_length=1)]
    task: str
    dataset: str
    split: str
    answer: str
    provenance: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """A member as the tape gives it."""

    info: tarfile.TarInfo
    header: bytes
    offset: int
    data: bytes


class _Broken(Exception):
    """The tar's structure ends here."""


class _Tape:
    """A shard read forwards, digested on the way."""

    def __init__(self, file: Any) -> None:
        self._size = file.seek(0, io.SEEK_END)
        file.seek(0)
        self._file = io.BufferedReader(file, 2**20)
        self._digest = hashlib.sha256()
        self.at = 0

    def take(self, count: int) -> bytes:
        """Up to ``count`` bytes, fewer at the end; never more memory than the file has bytes."""
        data = self._file.read(min(count, max(0, self._size - self.at)))
        self._digest.update(data)
        self.at += len(data)
        return data

    def entries(self) -> Iterator[_Entry]:
        """The members up to the two zero blocks that end a tar.

        Raises:
            _Broken: a header is damaged, or the file ends inside the tar.
        """
        while True:
            at, header = self.at, self.take(_BLOCK)
            if len(header) < _BLOCK:
                raise _Broken(f"ends at byte {self.at:,} without the blocks that close a tar")
            if not any(header):
                return
            try:
                info = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
            except tarfile.HeaderError as error:
                raise _Broken(f"no header at byte {at:,}: {error}") from error
            data = self.take(info.size)
            padding = self.take(-info.size % _BLOCK)
            if len(data) < info.size or len(padding) < -info.size % _BLOCK:
                raise _Broken(f"{printable(info.name)}: the file ends inside it, at byte {self.at:,}")
            if any(padding):
                raise _Broken(f"{printable(info.name)}: padding is not zero")
            yield _Entry(info, header, at + _BLOCK, data)

    def finish(self) -> bool:
        """Read on to the end; whether there were only zeros, as many as fill the last record."""
        wanted = -(-(self.at + _BLOCK) // _RECORD) * _RECORD
        clean = True
        while rest := self.take(2**20):
            clean = clean and not any(rest)
        return clean and self.at == wanted

    def hexdigest(self) -> str:
        """SHA-256 of all that was taken."""
        return self._digest.hexdigest()


def check_shard(store: Store, mark: Mark, rows: Sequence[Mapping[str, Any]], fast: bool, found: Findings) -> int:
    """Compare a shard with its unit's rows and commit mark.

    Args:
        store: the build.
        mark: names the shard.
        rows: of the unit, in order.
        fast: decode no picture.
        found: takes the findings.

    Returns:
        Bytes of the file; 0 where there is none.
    """
    try:
        with store.open(mark.shard) as file:
            tape = _Tape(file)
            _Walk(mark.shard, fast, found).all(tape, rows)
            while tape.take(2**20):  # what a broken tar still holds counts for the digest
                pass
    except FileNotFoundError:
        found.add(Kind.MISSING, mark.shard, f"the commit mark of unit {mark.unit} names it")
        return 0
    except DAMAGE as error:
        found.add(Kind.TAR, mark.shard, brief(error))
        return 0
    if tape.at != mark.shard_size:
        found.add(Kind.DIGEST, mark.shard, f"{tape.at:,} bytes, its commit mark says {mark.shard_size:,}")
    if tape.hexdigest() != mark.shard_sha256:
        found.add(Kind.DIGEST, mark.shard, "SHA-256 differs from its commit mark's")
    return tape.at


class _Walk:
    """Goes through a shard member by member, beside the rows."""

    def __init__(self, shard: str, fast: bool, found: Findings) -> None:
        self._shard, self._fast, self._found = shard, fast, found
        self._extensions: set[str] = set()

    def all(self, tape: _Tape, rows: Sequence[Mapping[str, Any]]) -> None:
        wanted = [(row, role) for row in rows for role in _ROLES]
        position = 0
        try:
            for position, entry in enumerate(tape.entries(), 1):
                self._entry(entry, *(wanted[position - 1] if position <= len(wanted) else (None, "")))
        except _Broken as broken:
            self._found.add(Kind.TAR, self._shard, str(broken))
            return
        if not tape.finish():
            self._found.add(Kind.TAR, self._shard, "does not end in zeros up to a whole record of 10,240 bytes")
        if position < len(wanted):
            row, role = wanted[position]
            detail = f"{position:,} members, its rows name {len(wanted):,}; the first missing is {row['key']}.{role}"
            self._found.add(Kind.MEMBER, self._shard, detail)
        if len(self._extensions) > 1:
            detail = f"mixes {' and '.join(sorted(self._extensions))}; readers infer one set of columns"
            self._found.add(Kind.MEMBER, self._shard, detail)

    def _entry(self, entry: _Entry, row: Mapping[str, Any] | None, role: str) -> None:
        name = printable(entry.info.name)
        wrong = _header_faults(entry)
        if wrong:
            self._found.add(Kind.TAR, self._shard, f"{name}: {wrong}")
        if row is None:
            self._found.add(Kind.MEMBER, self._shard, f"{name}: no row names it")
            return
        key, _, rest = entry.info.name.partition(".")
        extension = rest.removeprefix(f"{role}.") if role != "json" else rest
        if key != row["key"] or extension not in ({"json"} if role == "json" else _MAGIC):
            self._found.add(Kind.MEMBER, self._shard, f"found {name} where {row['key']}.{role} belongs")
            return
        real = (entry.offset, len(entry.data), hashlib.sha256(entry.data).hexdigest())
        said = (row[f"{role}_offset"], row[f"{role}_size"], row[f"{role}_sha256"])
        for what, here, there in zip(("offset", "size", "SHA-256"), real, said, strict=True):
            if here != there:
                detail = f"{name}: {what} {here}, its row says {printable(str(there))}"
                self._found.add(Kind.MEMBER, self._shard, detail)
        if role == "json":
            for fault in sample_faults(entry.data, row):
                self._found.add(Kind.SAMPLE, self._shard, f"{name}: {fault}")
        else:
            self._extensions.add(extension)
            fault = _picture_fault(entry.data, extension, (row["width"], row["height"]), self._fast)
            if fault:
                self._found.add(Kind.PICTURE, self._shard, f"{name}: {fault}")


def _header_faults(entry: _Entry) -> str:
    """In what a header is not the one plain ustar header that this member can have; empty where it is."""
    info = entry.info
    plain = tarfile.TarInfo(info.name)
    plain.size, plain.mode, plain.mtime = len(entry.data), 0o444, 0
    plain.uname = plain.gname = "ieiw"
    try:
        if plain.tobuf(tarfile.USTAR_FORMAT, "utf-8", "surrogateescape") == entry.header:
            return ""
    except ValueError:
        return "a name too long for ustar"
    fields = ("type", "mode", "uid", "gid", "mtime", "uname", "gname")
    differing = [
        f"{field} {getattr(info, field)!r} (must be {getattr(plain, field)!r})"
        for field in fields
        if getattr(info, field) != getattr(plain, field)
    ]
    return "header: " + (", ".join(differing) or "not a plain ustar header")


def sample_faults(data: bytes, row: Mapping[str, Any]) -> Iterator[str]:
    """In what a json member breaks the contract, or disagrees with its row."""
    try:
        sample = msgspec.json.decode(data, type=Sample)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        yield str(error)
        return
    own = {"instruction": sample.instruction, "task": sample.task, "source": sample.dataset, "split": sample.split}
    for field, text in own.items():
        if text != clean_text(row[field]):
            yield f"{field} {printable(text)!r}, its row says {printable(row[field])!r}"
    for field in ("answer", "provenance"):
        try:
            value = msgspec.json.decode(getattr(sample, field), type=dict[str, Any])
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            yield f"{field} is no JSON object in a string: {error}"
            continue
        for name in _IN_ROW if field == "provenance" else ():
            if name not in value:
                yield f"provenance lacks {name!r}"
            elif value[name] != row[name]:
                yield f"provenance.{name} {value[name]!r}, its row says {row[name]!r}"


def _picture_fault(data: bytes, extension: str, size: tuple[int, int], fast: bool) -> str:
    """Why a picture is not what its name and row say; empty where it is. ``fast`` looks at the first bytes alone."""
    if not data.startswith(_MAGIC[extension]):
        return f"its first bytes are not those of a {extension}"
    if fast:
        return ""
    from ieiw.triplets.images.codec import ANY_SIZE, decode

    try:
        picture = decode(data, ANY_SIZE)
    except Refusal as refusal:
        return refusal.detail
    if picture.size != size:
        return f"{picture.size[0]} x {picture.size[1]} pixels, its row says {size[0]} x {size[1]}"
    return ""


def printable(text: str) -> str:
    """A name from outside, safe to print."""
    return text.encode("ascii", "backslashreplace").decode("ascii")[:120]
