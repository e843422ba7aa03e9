"""Random access to tar files: each plain member by its name, read by its byte range; nothing is ever unpacked.

The headers of a tar are read once. Its index, some forty bytes a member, lies in the user's cache and is mapped into memory, so
that a data set of a thousand tars costs no more memory than one.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tarfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from ieiw.builders.formats.dataset_root import MAX_PICTURE_BYTES, Root
from ieiw.builders.formats.json_stream import DocumentError
from ieiw.triplets.rejects import Reason, Refusal
from ieiw.triplets.storage.cache import cache_folder

Index = npt.NDArray[np.void]
"""The members of a tar, sorted by name: ``name`` (bytes), ``offset`` and ``size`` of its content, ``kind`` (0 if plain)."""
PLAIN, NO_FILE, UNSAFE, TWICE = range(4)
"""Kinds of members: a plain file; a link, a device, a sparse file; a name that leaves the folder; a name that was there before."""
_WHY = {
    NO_FILE: (Reason.PICTURE_UNREADABLE, "a link or a device, not a plain file"),
    UNSAFE: (Reason.UNSAFE_PATH, "its name leaves the folder it would be unpacked in"),
    TWICE: (Reason.DUPLICATE_RECORD, "the tar holds two files of this name"),
}
_VERSION = 1
_MAPPED = 64
"""So many indices are mapped at once; to map one again costs less than to read a picture."""
_MAX_NAME = 255
_MAX_HEADER = 2**20
_CUT = "Is the download complete?"


class Tars:
    """The tar files below a root.

    Args:
        root: of the data set.
    """

    def __init__(self, root: Root) -> None:
        self._root = root
        self._kept = lru_cache(_MAPPED)(self._load)

    def index(self, file: str) -> Index:
        """The members of a tar.

        Raises:
            DocumentError: ``corrupt_archive``: no tar, cut short, or damaged.
            UsageError: it is missing.
        """
        return self._kept(file)

    def read(self, file: str, member: str) -> bytes:
        """The bytes of a plain member.

        Raises:
            Refusal: ``picture_missing``, ``picture_too_large``, ``picture_unreadable`` or ``unsafe_path``.
            DocumentError: as :meth:`index`.
        """
        index, name = self.index(file), member.encode("utf-8", "surrogateescape")
        names = index["name"]
        at = bisect_left(range(len(index)), name, key=lambda at: names[at])  # numpy's search would first copy the names
        if at == len(index) or names[at] != name:
            raise Refusal(Reason.PICTURE_MISSING, f"no {member} in {file}")
        entry = index[at]
        if int(entry["kind"]) in _WHY:
            reason, detail = _WHY[int(entry["kind"])]
            raise Refusal(reason, f"{member} in {file}: {detail}")
        size = int(entry["size"])
        if size > MAX_PICTURE_BYTES:
            raise Refusal(Reason.PICTURE_TOO_LARGE, f"{size:,} bytes, the limit is {MAX_PICTURE_BYTES:,}")
        return self._root.read_range(file, int(entry["offset"]), size)

    def _load(self, file: str) -> Index:
        """The index from the cache, or made and, if it can be, kept there."""
        stamp = self._root.stamp(file)
        if not stamp:  # nobody can tell whether the tar is still the one that was read
            return _read_index(self._root, file)
        name = hashlib.sha256(f"tar {_VERSION} {stamp}".encode("utf-8", "surrogatepass")).hexdigest()
        place = cache_folder("tars") / f"{name}.npy"
        if (kept := _mapped(place)) is not None:
            return kept
        made = _read_index(self._root, file)
        try:
            _publish(place, made)
        except OSError as error:
            logging.getLogger(__name__).info("the index of %s is not cached: %s", file, error)
            return made
        return made if (kept := _mapped(place)) is None else kept


def index_layout(names: Iterable[bytes]) -> list[tuple[str, str]]:
    """The type of an index that can hold these names."""
    return [("name", f"S{max(map(len, names), default=1)}"), ("offset", "<i8"), ("size", "<i8"), ("kind", "u1")]


def _mapped(place: Path) -> Index | None:
    """An index of the cache; None where there is none, or a damaged one."""
    try:
        index: Any = np.load(place, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return index if index.dtype.names == ("name", "offset", "size", "kind") else None


def _publish(place: Path, index: Index) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    spooled = place.with_suffix(f".{os.getpid()}")
    with spooled.open("wb") as file:
        np.save(file, index, allow_pickle=False)
    spooled.replace(place)


def _read_index(root: Root, file: str) -> Index:
    with root.open(file) as stream:
        members = list(_members(stream, root.size(file), root.full_name(file)))
    index = np.array(members, index_layout([name for name, *_ in members]))
    index = index[np.argsort(index["name"], kind="stable")]
    index["kind"][1:][index["name"][1:] == index["name"][:-1]] = TWICE
    return index


def _members(stream: IO[bytes], size: int, name: str) -> Iterator[tuple[bytes, int, int, int]]:
    """Name, offset, size and kind of each member but folders, in the order of the tar; its headers alone are read.

    Raises:
        DocumentError: no tar, or it does not go on to its end mark.
    """
    count = 0
    try:
        archive = tarfile.TarFile(fileobj=_Headers(stream))  # type: ignore[arg-type]
        info = archive.firstmember  # type: ignore[attr-defined]
        while info is not None:
            if info.offset_data + (info.size if info.isreg() else 0) > size:
                raise tarfile.ReadError("its last member is not whole")
            if not info.isdir():
                yield _member(info)
            count += 1
            stream.seek(archive.offset)
            info = _next(archive)
    except tarfile.TarError as error:
        detail = f"{error or 'cut short'}, after {count} members. {_CUT}"
        raise DocumentError("corrupt_archive", name, detail) from error


def _next(archive: tarfile.TarFile) -> tarfile.TarInfo | None:
    """The next member; None at the end mark. What TarFile.next() takes for an end, a damaged header or none, is an error."""
    try:
        return tarfile.TarInfo.fromtarfile(archive)
    except tarfile.HeaderError as error:
        if str(error) == "end of file header":
            return None
        raise


def _member(info: tarfile.TarInfo) -> tuple[bytes, int, int, int]:
    name = info.name
    while name.startswith("./"):
        name = name[2:]
    encoded = name.encode("utf-8", "surrogateescape")
    if (
        not name
        or name.startswith(("/", "\\"))
        or ".." in name.replace("\\", "/").split("/")
        or len(encoded) > _MAX_NAME
    ):
        return encoded[:_MAX_NAME], 0, 0, UNSAFE
    plain = info.isreg() and not info.issparse()
    return encoded, info.offset_data, info.size, PLAIN if plain else NO_FILE


class _Headers:
    """A stream of which no more is read at once than headers need: those of the newer formats say how long they are."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size: int = -1) -> bytes:
        """Bytes, as the stream's own."""
        if not 0 <= size <= _MAX_HEADER:
            raise tarfile.ReadError(f"a header of {size:,} bytes")
        return self._stream.read(size)
