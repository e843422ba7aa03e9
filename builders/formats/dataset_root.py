"""A data set's root, in a folder or a bucket: files below it are read by name, nothing outside it ever is."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import time
from pathlib import Path
from typing import IO, Any, cast

from ieiw.triplets.errors import UsageError
from ieiw.triplets.rejects import Reason, Refusal
from ieiw.triplets.storage.cache import cached
from ieiw.triplets.storage.urls import file_system

MAX_PICTURE_BYTES = 64 * 2**20
FOLLOW_LINKS = "IEIW_FOLLOW_LINKS"
"""Environment variable that allows links out of the root when it is ``1``: for roots that hold links of the user's own."""
_DRIVE = re.compile(r"^[A-Za-z]:")
_CHUNK = 2**20
_SETTLED_NS = 2 * 10**9
"""A file changed less than this ago may change again within one tick of its clock: its digest is not remembered."""


class Root:
    """The root folder or fsspec URL of a data set.

    Args:
        location: a path or a URL (``s3://bucket/prefix``); nothing is opened yet.

    Raises:
        UsageError: a URL of a protocol that fsspec does not know.
    """

    def __init__(self, location: str) -> None:
        self.location = location.removeprefix("file://").rstrip("/") or "/"
        self._system: Any = None
        self._follow = os.environ.get(FOLLOW_LINKS) == "1"
        self._safe_folders: set[str] = set()
        if "://" in self.location:
            self._system, self._base = file_system(self.location)
        else:
            self._base = os.path.realpath(Path(self.location).expanduser())

    def full_name(self, reference: str) -> str:
        """What messages call a file below the root."""
        return f"{self.location}/{reference}"

    def read(self, reference: str, max_bytes: int = MAX_PICTURE_BYTES) -> bytes:
        """All bytes of a file below the root; where there is no ``a.jpg``, of ``a.JPG``.

        Raises:
            Refusal: ``unsafe_path``, ``picture_missing``, ``picture_too_large`` (before reading), ``picture_unreadable``
                (no permission, or not a plain file).
            OSError: the storage fails.
        """
        try:
            return self._read(reference, max_bytes)
        except Refusal as refusal:
            other = _in_other_case(reference)
            if refusal.reason is not Reason.PICTURE_MISSING or not other:
                raise
        return self._read(other, max_bytes)

    def _read(self, reference: str, max_bytes: int) -> bytes:
        path = self._path(reference)
        try:
            return self._read_remote(path, max_bytes) if self._system else _read_local(path, max_bytes)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise Refusal(Reason.PICTURE_MISSING, "no such file") from error
        except PermissionError as error:
            raise Refusal(Reason.PICTURE_UNREADABLE, "no permission to read it") from error
        except OSError as error:
            if error.errno in {errno.ENAMETOOLONG, errno.ELOOP, errno.ENXIO}:
                raise Refusal(Reason.PICTURE_MISSING, f"no such file: {error.strerror}") from error
            raise

    def open(self, reference: str) -> IO[bytes]:
        """A seekable binary file below the root.

        Raises:
            UsageError: it is missing, or a folder.
            Refusal: ``unsafe_path``.
        """
        self.require(reference, "file")
        path = self._path(reference)
        try:
            return cast(IO[bytes], self._system.open(path, "rb") if self._system else Path(path).open("rb"))
        except IsADirectoryError as error:
            raise UsageError(
                f"root {self.location}: {reference} is a folder, not a file. Unpack the data set anew."
            ) from error

    def exists(self, reference: str) -> bool:
        """Whether there is such a file or folder.

        Raises:
            Refusal: ``unsafe_path``.
        """
        path = self._path(reference)
        return bool(self._system.exists(path)) if self._system else Path(path).exists()

    def size(self, reference: str) -> int:
        """Bytes of a file.

        Raises:
            UsageError: it is missing.
            Refusal: ``unsafe_path``.
        """
        self.require(reference, "file")
        path = self._path(reference)
        return int(self._system.size(path)) if self._system else Path(path).stat().st_size

    def require(self, reference: str, what: str, remedy: str = "") -> None:
        """Make sure that a file or folder is there.

        Raises:
            UsageError: names the root, the file and the remedy.
            Refusal: ``unsafe_path``.
        """
        if not self.exists(""):
            raise UsageError(f"root {self.location}: no such folder. Give the data set's folder in `root`.")
        if self._system is None and not Path(self._base).is_dir():
            raise UsageError(f"root {self.location}: a file. Give the data set's folder in `root`.")
        if not self.exists(reference):
            advice = remedy or "Give the folder that holds it in `root`."
            raise UsageError(f"root {self.location}: the {what} {reference} is missing. {advice}")

    def names(self, folder: str = "") -> list[str]:
        """Names right in a folder, sorted; empty where there is no such folder.

        Hidden files are left out: archives packed on a Mac hold a ``._a.jpg`` beside each ``a.jpg``, which is no picture; and
        ``__MACOSX``, where they hold all of these once more.
        """
        path = self._path(folder)
        try:
            found = (
                [str(name).rstrip("/").rsplit("/", 1)[-1] for name in self._system.ls(path, detail=False)]
                if self._system
                else [entry.name for entry in Path(path).iterdir()]
            )
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(name for name in found if not name.startswith(".") and name != "__MACOSX")

    def fingerprint(self, reference: str) -> str:
        """SHA-256 of a file, remembered by its path, size and time of change, so that a second call costs nothing.

        Raises:
            UsageError: it is missing.
            Refusal: ``unsafe_path``.
        """
        self.require(reference, "file")
        path = self._path(reference)
        stamp = self._remote_stamp(path) if self._system else _local_stamp(path)
        if not stamp:
            return self._digest(reference)
        key = "\0".join(("digest", self.location if self._system else "", path, stamp))
        return cached(key, lambda: self._digest(reference).encode()).decode()

    def _digest(self, reference: str) -> str:
        digest = hashlib.sha256()
        with self.open(reference) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    def _read_remote(self, path: str, max_bytes: int) -> bytes:
        size = self._system.size(path)
        if size is not None and size > max_bytes:
            raise Refusal(Reason.PICTURE_TOO_LARGE, f"{size:,} bytes, the limit is {max_bytes:,}")
        return bytes(self._system.cat_file(path))

    def _remote_stamp(self, path: str) -> str:
        """Size and version of an object; empty where the store tells no version, since then nothing may be remembered."""
        info = self._system.info(path)
        version = next(
            (info[name] for name in ("ETag", "etag", "md5Hash", "mtime", "LastModified") if info.get(name)), ""
        )
        return str([info.get("size"), str(version)]) if version else ""

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
        path = f"{self._base.rstrip('/')}/{reference}" if reference else self._base
        if self._system is None and reference and not self._follow:
            self._check_links(path)
        return path

    def _check_links(self, path: str) -> None:
        """Refuse a link out of the root, be it the file or a folder above it; folders are looked at once."""
        folder = path.rpartition("/")[0]
        if folder not in self._safe_folders:
            self._check_inside(folder)
            self._safe_folders.add(folder)
        if os.path.islink(path):  # noqa: PTH114 - a hot path
            self._check_inside(path)

    def _check_inside(self, path: str) -> None:
        real, base = os.path.realpath(path), self._base.rstrip("/")
        if real != self._base and not real.startswith(f"{base}/"):
            name = path.removeprefix(f"{base}/")
            detail = f"{name} is or lies behind a link out of the data set's root ({FOLLOW_LINKS}=1 allows them)"
            raise Refusal(Reason.UNSAFE_PATH, detail)


def _in_other_case(reference: str) -> str:
    """The reference with its ending in capitals, or in small letters where it has capitals; empty where it has no ending."""
    stem, _, ending = reference.rpartition(".")
    if not stem or not ending.isalpha():
        return ""
    return f"{stem}.{ending.upper() if ending.islower() else ending.lower()}"


def _read_local(path: str, max_bytes: int) -> bytes:
    """Bytes of a plain file; what might never end, a pipe or a device, is not read."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Refusal(Reason.PICTURE_UNREADABLE, "not a plain file")
        if status.st_size > max_bytes:
            raise Refusal(Reason.PICTURE_TOO_LARGE, f"{status.st_size:,} bytes, the limit is {max_bytes:,}")
        with open(descriptor, "rb", buffering=0, closefd=False) as file:  # noqa: PTH123 - a descriptor, not a path
            return file.readall()
    finally:
        os.close(descriptor)


def _local_stamp(path: str) -> str:
    """Size, time of change and number of a file; empty where it changed just now."""
    status = Path(path).stat()
    if time.time_ns() - status.st_mtime_ns < _SETTLED_NS:
        return ""
    return str([status.st_size, status.st_mtime_ns, status.st_ino])
