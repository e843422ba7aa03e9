"""The door for archives: members of tar and zip files by name and type; nothing is ever unpacked to disk."""

from __future__ import annotations

import gzip
import io
import posixpath
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from ieiw.builders.formats.json_stream import DocumentError
from ieiw.triplets.records import Fault
from ieiw.triplets.rejects import Reason, Refusal

_STEP = 2**20
_LINK = "a link"
_DRIVE = re.compile(r"^[A-Za-z]:")
_DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    gzip.BadGzipFile,
    NotImplementedError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What an archive may hold.

    Attributes:
        max_member_bytes: of one member, unpacked.
        max_members: in all.
        max_ratio: unpacked bytes for each packed byte, of a member and of the whole; pictures hardly shrink, JSON some 20 times.
        ratio_from: the ratio is looked at from so many unpacked bytes on.
    """

    max_member_bytes: int = 64 * 2**20
    max_members: int = 20_000_000
    max_ratio: float = 200.0
    ratio_from: int = 16 * 2**20


DEFAULT_LIMITS = ArchiveLimits()


@dataclass(frozen=True, slots=True)
class Member:
    """A plain file in an archive.

    Attributes:
        name: as the archive gives it; safe below any folder.
        size: bytes, unpacked.
        offset: where its bytes begin in a plain tar; None in other archives.
        read: gives its bytes while the archive is being walked over; raises :class:`Refusal` (``picture_unreadable``) where they
            are damaged, ValueError once the walk has ended.
    """

    name: str
    size: int
    offset: int | None
    read: Callable[[], bytes] = field(repr=False)


def members(
    archive: str | Path | IO[bytes], limits: ArchiveLimits = DEFAULT_LIMITS, name: str = ""
) -> Iterator[Member | Fault]:
    """All files of a tar (plain or gzip) or zip, in archive order; the kind is told from the content.

    What must not be used is reported as a :class:`Fault` whose detail begins with the member's name: ``unsafe_path`` (absolute,
    parent folder, NUL, link, device), ``picture_too_large`` (over the limits), ``picture_unreadable`` (encrypted, packed in an
    unknown way) and ``duplicate_record`` (the first of a name is kept). Folders are passed over.

    Args:
        archive: a path, or an open binary file that can seek.
        limits: see :class:`ArchiveLimits`.
        name: for messages, where ``archive`` is an open file.

    Raises:
        DocumentError: ``corrupt_archive`` where it is none, or damaged, or cut short (after the members before the damage);
            ``archive_bomb`` where the whole goes over the limits.
        OSError: the file cannot be read.
    """
    if isinstance(archive, str | Path):
        with Path(archive).open("rb") as file:
            yield from members(file, limits, name or str(archive))
        return
    name = name or str(getattr(archive, "name", "archive"))
    try:
        for number, (path, found) in enumerate(_first_of_each(_open(archive, limits, name))):
            if number >= limits.max_members:
                raise DocumentError("archive_bomb", name, f"more than {limits.max_members:,} members")
            yield found if isinstance(found, Member) else Fault(found.reason, f"{path[:200]!r}: {found.detail}")
    except _DAMAGE as error:
        raise DocumentError("corrupt_archive", name, f"{error}. Is the download complete?") from error


_Found = tuple[str, Member | Fault]


def _open(file: IO[bytes], limits: ArchiveLimits, name: str) -> Iterator[_Found]:
    head = file.read(4)
    packed = file.seek(0, io.SEEK_END)
    file.seek(0)
    if head[:2] == b"PK":
        return _zip(file, limits, packed)
    if head[:2] == b"\x1f\x8b":
        unpacked = _Guarded(cast(IO[bytes], gzip.GzipFile(fileobj=file)), limits, name, packed)
        return _tar(unpacked, limits, plain=False)
    return _tar(_Guarded(file, limits, name), limits, plain=True)


def _first_of_each(found: Iterator[_Found]) -> Iterator[_Found]:
    """Members, less those whose name was used before and those that an unpacked link would lead astray."""
    seen: set[str] = set()
    links: set[str] = set()
    for name, member in found:
        place = posixpath.normpath(name)
        if isinstance(member, Fault):
            if member.detail == _LINK:
                links.add(place)
        elif links and any(folder in links for folder in _folders(place)):
            member = Fault(Reason.UNSAFE_PATH, "behind a link")
        elif place in seen:
            member = Fault(Reason.DUPLICATE_RECORD, "a name that was used before")
        else:
            seen.add(place)
        yield name, member


def _folders(place: str) -> Iterator[str]:
    """The folders above a file, and the file itself."""
    parts = place.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts) + 1))


def _unsafe(name: str) -> str:
    """What is wrong with a member's name, or nothing."""
    parts = name.replace("\\", "/").split("/")
    if "\0" in name:
        return "a NUL in the name"
    if name.startswith(("/", "\\")) or _DRIVE.match(name):
        return "an absolute path"
    if ".." in parts:
        return "leaves the folder"
    return "" if name else "no name"


class _Guarded(io.RawIOBase):
    """A file that refuses to give out of proportion: tar headers may ask for any length, gzip may unpack without end.

    Args:
        file: to read.
        limits: of the archive.
        name: of the archive, for messages.
        packed: bytes of the packed file where ``file`` unpacks it; such a file goes forward only, but for its last byte.
    """

    def __init__(self, file: IO[bytes], limits: ArchiveLimits, name: str, packed: int | None = None) -> None:
        super().__init__()
        self._file, self._limits, self._name = file, limits, name
        self._most = max(limits.ratio_from, int(packed * limits.max_ratio)) if packed is not None else None
        self._stepped_back = False
        self.last = b""
        """What was read last."""

    def read(self, size: int = -1) -> bytes:
        """Bytes from here.

        Raises:
            ValueError: more are asked for than a member may hold.
            DocumentError: ``archive_bomb``.
        """
        if size < 0 or size > max(_STEP, self._limits.max_member_bytes) + tarfile.BLOCKSIZE:
            raise ValueError(f"a header of {size:,} bytes")
        again = self.last[-1:] if self._stepped_back and size else b""
        self.last = again + self._file.read(size - len(again))
        self._stepped_back = False
        if self._most is not None and self._file.tell() > self._most:
            raise DocumentError(
                "archive_bomb", self._name, f"unpacks to over {self._limits.max_ratio:g} times its size"
            )
        return self.last

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go there; a packed file is read up to there, in steps, so that a bomb is met on the way."""
        if self._most is None or whence != io.SEEK_SET:
            return self._file.seek(offset, whence)
        if (
            self.last and offset == self._file.tell() - 1
        ):  # tarfile looks at a member's last byte; gzip would start anew
            self._stepped_back = True
            return offset
        while (ahead := offset - self.tell()) > 0 and self.read(min(ahead, _STEP)):
            pass
        return offset if self.tell() <= offset else self._file.seek(offset)

    def tell(self) -> int:
        """Where the next byte comes from."""
        return self._file.tell() - self._stepped_back

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True


def _tar(file: _Guarded, limits: ArchiveLimits, *, plain: bool) -> Iterator[_Found]:
    with tarfile.open(fileobj=cast(Any, file), mode="r:") as archive:
        while (entry := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # tarfile keeps all it has seen
            if not entry.isdir():
                yield entry.name, _tar_member(archive, entry, limits, plain=plain)
        if file.last != bytes(tarfile.BLOCKSIZE):  # tarfile stops at damage as it does at the end mark: without a word
            raise tarfile.ReadError(f"ends without its end mark, or is damaged, at byte {archive.offset:,}")
        while not plain and file.read(_STEP):
            pass  # gzip compares its checksum where it ends


def _tar_member(
    archive: tarfile.TarFile, entry: tarfile.TarInfo, limits: ArchiveLimits, *, plain: bool
) -> Member | Fault:
    wrong = _unsafe(entry.name)
    if not entry.isreg():
        wrong = _LINK if entry.islnk() or entry.issym() else "neither file nor folder"
    elif entry.issparse():
        wrong = "a file with holes"
    if wrong:
        return Fault(Reason.UNSAFE_PATH, wrong)
    if entry.size > limits.max_member_bytes:
        return Fault(Reason.PICTURE_TOO_LARGE, f"{entry.size:,} bytes, the limit is {limits.max_member_bytes:,}")

    def read() -> bytes:
        _check_open(archive.closed)  # type: ignore[attr-defined] # typeshed lacks it
        with _damage_refused():
            stream = archive.extractfile(entry)
            data = stream.read() if stream is not None else b""
            if len(data) != entry.size:
                raise EOFError("cut short")
            return data

    return Member(entry.name, entry.size, entry.offset_data if plain else None, read)


def _zip(file: IO[bytes], limits: ArchiveLimits, packed: int) -> Iterator[_Found]:
    total = 0
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            name = entry.orig_filename
            if name.endswith("/") and not entry.file_size:
                continue
            found = _zip_member(archive, entry, limits)
            if isinstance(found, Member) and (total + entry.file_size) > max(
                limits.ratio_from, limits.max_ratio * packed
            ):
                found = Fault(
                    Reason.PICTURE_TOO_LARGE, f"the archive unpacks to over {limits.max_ratio:g} times its size"
                )
            if isinstance(found, Member):
                total += entry.file_size
            yield name, found


def _zip_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: ArchiveLimits) -> Member | Fault:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    wrong = _unsafe(entry.orig_filename)
    if kind not in {0, stat.S_IFREG}:
        wrong = _LINK if kind == stat.S_IFLNK else "neither file nor folder"
    if wrong:
        return Fault(Reason.UNSAFE_PATH, wrong)
    if entry.flag_bits & 1:
        return Fault(Reason.PICTURE_UNREADABLE, "encrypted")
    if entry.file_size > limits.max_member_bytes:
        return Fault(Reason.PICTURE_TOO_LARGE, f"{entry.file_size:,} bytes, the limit is {limits.max_member_bytes:,}")
    if entry.file_size > max(limits.ratio_from, limits.max_ratio * entry.compress_size):
        return Fault(Reason.PICTURE_TOO_LARGE, f"unpacks to over {limits.max_ratio:g} times its size")

    def read() -> bytes:
        _check_open(archive.fp is None)
        with _damage_refused(), archive.open(entry) as stream:
            return stream.read()

    return Member(entry.orig_filename, entry.file_size, None, read)


def _check_open(closed: bool) -> None:
    if closed:
        raise ValueError("members are read while the archive is walked over, not after")


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Turns what the standard library raises on damaged members into a refusal."""
    try:
        yield
    except (*_DAMAGE, RuntimeError) as error:
        raise Refusal(Reason.PICTURE_UNREADABLE, f"damaged in its archive: {error}") from error
