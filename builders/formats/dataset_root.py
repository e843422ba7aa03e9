"""A data set's root, in a folder or a bucket: files below it are read by name, nothing outside it ever is."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from functools import lru_cache
from itertools import islice
from typing import IO

from ieiw.builders.formats._root_storage import Bucket, Folder
from ieiw.builders.formats.file_names import as_meant, other_spellings
from ieiw.triplets.errors import UsageError
from ieiw.triplets.rejects import Reason, Refusal
from ieiw.triplets.storage.cache import cached

MAX_PICTURE_BYTES = 64 * 2**20
_DRIVE = re.compile(r"^[A-Za-z]:")
_CHUNK = 2**20
_MOST_ALIKE = 4
_NO_NAME = frozenset({errno.ENAMETOOLONG, errno.ELOOP, errno.ENXIO})
"""What the system answers to a name that no file can have."""


class Root:
    """The root folder or fsspec URL of a data set.

    Args:
        location: a path or a URL (``s3://bucket/prefix``); nothing is opened yet.

    Raises:
        UsageError: a URL of a protocol that fsspec does not know.
    """

    def __init__(self, location: str) -> None:
        self.location = location.removeprefix("file://").rstrip("/") or "/"
        self._is_url = "://" in self.location
        self._storage = Bucket(self.location) if self._is_url else Folder(self.location)

    def full_name(self, reference: str) -> str:
        """What messages call a file below the root."""
        return f"{self.location}/{reference}"

    def read(self, reference: str, max_bytes: int = MAX_PICTURE_BYTES) -> bytes:
        """All bytes of a file below the root; where there is none of that name, of the one file whose name is the same but for
        the case of its suffix (``a.JPG``), slashes of Windows, or what :func:`~.file_names.as_meant` passes over.

        Raises:
            Refusal: ``unsafe_path``, ``picture_missing``, ``picture_too_large`` (before reading), ``picture_unreadable``
                (no permission, or not a plain file).
            OSError: the storage fails.
        """
        try:
            return self._read(reference, max_bytes)
        except Refusal as refusal:
            if refusal.reason is not Reason.PICTURE_MISSING:
                raise
            there = [other for other in other_spellings(reference) if self._is_there(other)]
            if not there:
                alike = self._alike(reference)
                meant = as_meant(reference.replace("\\", "/"))
                there = [other for other in alike if as_meant(other) == meant]
                if alike and not there:
                    detail = f"no such file, but {' and '.join(alike)}. Mend the case of letters where it is meant"
                    raise Refusal(Reason.PICTURE_MISSING, detail) from None
            if len(there) > 1:
                raise Refusal(
                    Reason.PICTURE_MISSING, f"no such file, but {' and '.join(there)}: which is meant?"
                ) from None
            if not there:
                raise
        return self._read(there[0], max_bytes)

    def _alike(self, reference: str) -> list[str]:
        """Files below a local root whose names are the reference's but for the case of letters and for how they are written."""
        found = [""]
        for part in [] if self._is_url else reference.replace("\\", "/").split("/"):
            key = as_meant(part).casefold()
            names = ((folder, name) for folder in found for name in self._in_any_case(folder).get(key, ()))
            found = [f"{folder}/{name}".lstrip("/") for folder, name in islice(names, _MOST_ALIKE)]
        return [each for each in found if each]

    @lru_cache(maxsize=16)  # noqa: B019 - a root lives as long as its process
    def _in_any_case(self, folder: str) -> dict[str, list[str]]:
        """Names right in a folder by how they are meant, in small letters."""
        try:
            names = self._storage.names(self._path(folder))
        except (OSError, Refusal):
            return {}
        found: dict[str, list[str]] = {}
        for name in sorted(names):
            found.setdefault(as_meant(name).casefold(), []).append(name)
        return found

    def _is_there(self, reference: str) -> bool:
        try:
            return self.exists(reference)
        except Refusal:  # outside the root
            return False
        except OSError as error:
            if error.errno not in _NO_NAME | {errno.EACCES}:
                raise
            return False

    def _read(self, reference: str, max_bytes: int) -> bytes:
        path = self._path(reference)
        try:
            return self._storage.read(path, max_bytes)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise Refusal(Reason.PICTURE_MISSING, "no such file") from error
        except PermissionError as error:
            raise Refusal(Reason.PICTURE_UNREADABLE, "no permission to read it") from error
        except OSError as error:
            if error.errno in _NO_NAME:
                raise Refusal(Reason.PICTURE_MISSING, f"no such file: {error.strerror}") from error
            raise

    def open(self, reference: str) -> IO[bytes]:
        """A seekable binary file below the root.

        Raises:
            UsageError: it is missing, or a folder.
            Refusal: ``unsafe_path``.
        """
        self.require(reference, "file")
        try:
            return self._storage.open(self._path(reference))
        except IsADirectoryError as error:
            raise UsageError(
                f"root {self.location}: {reference} is a folder, not a file. Unpack the data set anew."
            ) from error

    def exists(self, reference: str) -> bool:
        """Whether there is such a file or folder.

        Raises:
            Refusal: ``unsafe_path``.
        """
        return self._storage.exists(self._path(reference))

    def size(self, reference: str) -> int:
        """Bytes of a file.

        Raises:
            UsageError: it is missing.
            Refusal: ``unsafe_path``.
        """
        self.require(reference, "file")
        return self._storage.size(self._path(reference))

    def require(self, reference: str, what: str, remedy: str = "") -> None:
        """Make sure that a file or folder is there.

        Raises:
            UsageError: names the root, the file and the remedy.
            Refusal: ``unsafe_path``.
        """
        if not self.exists(""):
            raise UsageError(f"root {self.location}: no such folder. Give the data set's folder in `root`.")
        if not self._storage.is_folder():
            raise UsageError(f"root {self.location}: a file. Give the data set's folder in `root`.")
        if not self.exists(reference):
            advice = remedy or "Give the folder that holds it in `root`."
            raise UsageError(f"root {self.location}: the {what} {reference} is missing. {advice}")

    def names(self, folder: str = "") -> list[str]:
        """Names right in a folder, sorted; empty where there is no such folder.

        Hidden files are left out: archives packed on a Mac hold a ``._a.jpg`` beside each ``a.jpg``, which is no picture; and
        ``__MACOSX``, where they hold all of these once more.
        """
        try:
            found = self._storage.names(self._path(folder))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(name for name in found if not name.startswith(".") and name != "__MACOSX")

    def fingerprint(self, reference: str) -> str:
        """SHA-256 of a file, remembered by its path, size and time of change, so that a second call costs nothing.

        Raises:
            UsageError: it is missing.
            Refusal: ``unsafe_path``.
        """
        stamp = self.stamp(reference)
        if not stamp:
            return self._digest(reference)
        return cached(f"digest\0{stamp}", lambda: self._digest(reference).encode()).decode()

    def stamp(self, reference: str) -> str:
        """What tells this state of a file from every other: where it lies, its size and time of change. Empty where it changed just
        now, or its store tells no version: nothing read from it may be remembered.

        Raises:
            UsageError: it is missing.
            Refusal: ``unsafe_path``.
        """
        self.require(reference, "file")
        path = self._path(reference)
        stamp = self._storage.stamp(path)
        return stamp and "\0".join((self.location if self._is_url else "", path, stamp))

    def read_range(self, reference: str, start: int, size: int) -> bytes:
        """``size`` bytes of a file from ``start`` on.

        Raises:
            Refusal: ``picture_missing``, ``picture_unreadable`` (no permission, or it ends before), ``unsafe_path``.
            OSError: the storage fails.
        """
        try:
            found = self._storage.read_range(self._path(reference), start, size)
        except FileNotFoundError as error:
            raise Refusal(Reason.PICTURE_MISSING, "no such file") from error
        except PermissionError as error:
            raise Refusal(Reason.PICTURE_UNREADABLE, "no permission to read it") from error
        if len(found) != size:
            raise Refusal(Reason.PICTURE_UNREADABLE, f"ends after {len(found):,} of {size:,} bytes")
        return found

    def _digest(self, reference: str) -> str:
        digest = hashlib.sha256()
        with self.open(reference) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    def _path(self, reference: str) -> str:
        """The absolute path of a reference.

        Raises:
            Refusal: ``unsafe_path``: absolute, a parent folder, a NUL, no legal name, or a link that leaves the root.
        """
        parts = reference.replace("\\", "/").split("/")
        if reference.startswith(("/", "\\")) or ".." in parts or "\0" in reference or _DRIVE.match(reference):
            raise Refusal(Reason.UNSAFE_PATH, "leaves the data set's root")
        try:
            os.fsencode(reference)
        except UnicodeEncodeError as error:
            raise Refusal(Reason.UNSAFE_PATH, "no file can have this name") from error
        path = f"{self._storage.base.rstrip('/')}/{reference}" if reference else self._storage.base
        self._storage.check(path)
        return path
