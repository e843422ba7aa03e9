"""Random access to large zip files: each member by its name, with 36 bytes an entry kept in memory."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from typing import IO

import numpy as np
import numpy.typing as npt

from ieiw.builders.formats.json_stream import DocumentError
from ieiw.triplets.rejects import Reason, Refusal

_MAX_MEMBER = 64 * 2**20
_MAX_RATIO = 200
_RATIO_FROM = 16 * 2**20
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENTRY = np.dtype(
    [
        ("name", np.uint64),
        ("offset", np.uint64),
        ("packed", np.uint64),
        ("size", np.uint64),
        ("crc", np.uint32),
        ("method", np.uint16),
        ("flags", np.uint16),
    ]
)


class ZipFiles:
    """The members of a zip file by name. Nothing is unpacked to disk; names and sizes are checked before a byte is unpacked.

    Args:
        file: seekable, binary; kept open.
        name: of the file, for messages.

    Raises:
        DocumentError: ``corrupt_archive``: not a zip file, or cut short.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._name = name
        try:
            self._archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
            raise DocumentError("corrupt_archive", name, f"{error}. Is the download complete?") from error
        infos = (
            (_digest(info.orig_filename), info.header_offset, info.compress_size, info.file_size)
            + (info.CRC, info.compress_type, info.flag_bits)
            for info in self._archive.infolist()
        )
        entries = np.fromiter(infos, _ENTRY)
        self._entries_by_name = entries[np.argsort(entries["name"], kind="stable")]
        # zipfile would keep half a kilobyte for each member, which reading does not need.
        self._archive.filelist.clear()
        self._archive.NameToInfo.clear()

    def __contains__(self, member: str) -> bool:
        """Whether there is such a member."""
        return self._find(member) is not None

    def __len__(self) -> int:
        """Number of members, folders included."""
        return len(self._entries_by_name)

    def read(self, member: str) -> bytes:
        """The bytes of a member.

        Raises:
            Refusal: ``picture_missing``, ``picture_too_large`` (by its header, before unpacking) or ``picture_unreadable``.
        """
        at = self._find(member)
        if at is None:
            raise Refusal(Reason.PICTURE_MISSING, f"no such file in {self._name}")
        # What zipfile needs; it compares the name with the one before the member's bytes, and the checksum.
        info, entry = zipfile.ZipInfo(member), self._entries_by_name[at]
        info.orig_filename, info.header_offset = member, int(entry["offset"])
        info.compress_size, info.file_size = int(entry["packed"]), int(entry["size"])
        info.CRC, info.compress_type, info.flag_bits = int(entry["crc"]), int(entry["method"]), int(entry["flags"])
        if info.flag_bits & 1 or info.compress_type not in _METHODS:
            raise Refusal(Reason.PICTURE_UNREADABLE, "encrypted, or packed in an unknown way")
        if info.file_size > _MAX_MEMBER:
            raise Refusal(Reason.PICTURE_TOO_LARGE, f"{info.file_size:,} bytes, the limit is {_MAX_MEMBER:,}")
        if info.file_size > max(_RATIO_FROM, _MAX_RATIO * info.compress_size):
            raise Refusal(Reason.PICTURE_TOO_LARGE, f"unpacks to over {_MAX_RATIO} times its size")
        try:
            with self._archive.open(info) as stream:
                return stream.read()
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
            raise Refusal(Reason.PICTURE_UNREADABLE, f"damaged in its archive: {error}") from error

    def _find(self, member: str) -> int | None:
        """Where the first member of that name stands. That it is this name, not its digest alone, is checked on opening."""
        names: npt.NDArray[np.uint64] = self._entries_by_name["name"]
        at = int(np.searchsorted(names, np.uint64(_digest(member))))
        return at if at < len(names) and int(names[at]) == _digest(member) else None


def _digest(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
