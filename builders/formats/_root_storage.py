"""Where the files of a root lie, in a folder or in a bucket: the same questions, asked of either by absolute path."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path
from typing import IO, Any, cast

from ieiw.triplets.rejects import Reason, Refusal
from ieiw.triplets.storage.urls import file_system

FOLLOW_LINKS = "IEIW_FOLLOW_LINKS"
"""Environment variable that allows links out of the root when it is ``1``: for roots that hold links of the user's own."""
_SETTLED_NS = 2 * 10**9
"""A file changed less than this ago may change again within one tick of its clock: its digest is not remembered."""


class Folder:
    """A folder of this machine; links that lead out of it are refused."""

    def __init__(self, location: str) -> None:
        self.base = os.path.realpath(Path(location).expanduser())
        self._follow = os.environ.get(FOLLOW_LINKS) == "1"
        self._safe_folders: set[str] = set()

    def check(self, path: str) -> None:
        """Refuse a link out of the root, be it the file or a folder above it; folders are looked at once.

        Raises:
            Refusal: ``unsafe_path``.
        """
        if self._follow or path == self.base:
            return
        folder = path.rpartition("/")[0]
        if folder not in self._safe_folders:
            self._check_inside(folder)
            self._safe_folders.add(folder)
        if os.path.islink(path):  # noqa: PTH114 - a hot path
            self._check_inside(path)

    def _check_inside(self, path: str) -> None:
        real, base = os.path.realpath(path), self.base.rstrip("/")
        if real != self.base and not real.startswith(f"{base}/"):
            name = path.removeprefix(f"{base}/")
            detail = f"{name} is or lies behind a link out of the data set's root ({FOLLOW_LINKS}=1 allows them)"
            raise Refusal(Reason.UNSAFE_PATH, detail)

    def is_folder(self) -> bool:
        """Whether the root is one."""
        return Path(self.base).is_dir()

    def exists(self, path: str) -> bool:
        """Whether there is such a file or folder."""
        return Path(path).exists()

    def size(self, path: str) -> int:
        """Bytes of a file."""
        return Path(path).stat().st_size

    def open(self, path: str) -> IO[bytes]:
        """A file, binary and seekable."""
        return Path(path).open("rb")

    def names(self, path: str) -> list[str]:
        """Names in a folder, in any order."""
        return [entry.name for entry in Path(path).iterdir()]

    def read(self, path: str, max_bytes: int) -> bytes:
        """Bytes of a plain file; what might never end, a pipe or a device, is not read."""
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise Refusal(Reason.PICTURE_UNREADABLE, "not a plain file")
            _check_size(status.st_size, max_bytes)
            with open(descriptor, "rb", buffering=0, closefd=False) as file:  # noqa: PTH123 - a descriptor, not a path
                return file.readall()
        finally:
            os.close(descriptor)

    def read_range(self, path: str, start: int, size: int) -> bytes:
        """Bytes of a plain file from ``start`` on; fewer where it ends before."""
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return os.pread(descriptor, size, start)
        finally:
            os.close(descriptor)

    def stamp(self, path: str) -> str:
        """Size, time of change and number of a file; empty where it changed just now."""
        status = Path(path).stat()
        if time.time_ns() - status.st_mtime_ns < _SETTLED_NS:
            return ""
        return str([status.st_size, status.st_mtime_ns, status.st_ino])


class Bucket:
    """A place that fsspec reads."""

    def __init__(self, location: str) -> None:
        self._system, self.base = file_system(location)

    def check(self, path: str) -> None:
        """Nothing: there are no links."""

    def is_folder(self) -> bool:
        """Whether the root may be one; a store knows no folders."""
        return True

    def exists(self, path: str) -> bool:
        """Whether there is such an object, or one below it."""
        return bool(self._system.exists(path))

    def size(self, path: str) -> int:
        """Bytes of an object."""
        return int(self._system.size(path))

    def open(self, path: str) -> IO[bytes]:
        """An object, binary and seekable."""
        return cast(IO[bytes], self._system.open(path, "rb"))

    def names(self, path: str) -> list[str]:
        """Names right below a path, in any order."""
        return [str(name).rstrip("/").rsplit("/", 1)[-1] for name in self._system.ls(path, detail=False)]

    def read(self, path: str, max_bytes: int) -> bytes:
        """Bytes of an object."""
        _check_size(self._system.size(path) or 0, max_bytes)
        return bytes(self._system.cat_file(path))

    def read_range(self, path: str, start: int, size: int) -> bytes:
        """Bytes of an object from ``start`` on; fewer where it ends before."""
        return bytes(self._system.cat_file(path, start=start, end=start + size)) if size else b""

    def stamp(self, path: str) -> str:
        """Size and version of an object; empty where the store tells no version, since then nothing may be remembered."""
        info: dict[str, Any] = self._system.info(path)
        versions = (info[name] for name in ("ETag", "etag", "md5Hash", "mtime", "LastModified") if info.get(name))
        version = next(versions, "")
        return str([info.get("size"), str(version)]) if version else ""


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise Refusal(Reason.PICTURE_TOO_LARGE, f"{size:,} bytes, the limit is {max_bytes:,}")
