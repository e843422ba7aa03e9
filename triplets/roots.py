"""A data set's root, in a folder or a bucket: files below it are read by name, nothing outside it ever is."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import IO, Any, cast

from triplets.reasons import Reason, Refusal, UsageError

MAX_PICTURE_BYTES = 64 * 2**20
_DRIVE = re.compile(r"^[A-Za-z]:")
_CHUNK = 2**20


class Root:
    """The root folder or fsspec URL of a data set.

    Args:
        location: a path or a URL (``s3://bucket/prefix``); nothing is opened yet.
    """

    def __init__(self, location: str) -> None:
        self.location = location.removeprefix("file://").rstrip("/") or "/"
        self._system: Any = None
        self._base = self.location
        if "://" in location and not location.startswith("file://"):
            import fsspec

            self._system, self._base = fsspec.core.url_to_fs(self.location)
        else:
            self._base = os.path.realpath(Path(self.location).expanduser())

    def read(self, reference: str, max_bytes: int = MAX_PICTURE_BYTES) -> bytes:
        """All bytes of a file below the root.

        Raises:
            Refusal: ``unsafe_path``, ``picture_missing``, ``picture_too_large`` (before reading).
            OSError: the storage fails.
        """
        path = self._path(reference)
        try:
            with self._open(path) as file:
                data = file.read(max_bytes + 1)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise Refusal(Reason.PICTURE_MISSING, "no such file") from error
        except PermissionError as error:
            raise Refusal(Reason.PICTURE_UNREADABLE, "no permission to read it") from error
        if len(data) > max_bytes:
            raise Refusal(Reason.PICTURE_TOO_LARGE, f"more than {max_bytes:,} bytes")
        return data

    def open(self, reference: str) -> IO[bytes]:
        """A seekable binary file below the root.

        Raises:
            UsageError: it is missing.
            Refusal: ``unsafe_path``.
        """
        self.require(reference, "file")
        return self._open(self._path(reference))

    def exists(self, reference: str) -> bool:
        """Whether there is such a file or folder."""
        path = self._path(reference)
        return bool(self._system.exists(path)) if self._system else Path(path).exists()

    def size(self, reference: str) -> int:
        """Bytes of a file."""
        path = self._path(reference)
        return int(self._system.size(path)) if self._system else Path(path).stat().st_size

    def require(self, reference: str, what: str, remedy: str = "") -> None:
        """Make sure that a file or folder is there.

        Raises:
            UsageError: names the root, the file and the remedy.
        """
        if not self.exists(""):
            raise UsageError(f"root {self.location}: no such folder. Give the data set's folder in `root`.")
        if not self.exists(reference):
            advice = remedy or "Give the folder that holds it in `root`."
            raise UsageError(f"root {self.location}: the {what} {reference} is missing. {advice}")

    def names(self, folder: str = "") -> list[str]:
        """Names right in a folder, sorted; empty where there is no such folder."""
        path = self._path(folder)
        try:
            if self._system:
                return sorted(str(name).rstrip("/").rsplit("/", 1)[-1] for name in self._system.ls(path, detail=False))
            return sorted(entry.name for entry in Path(path).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []

    def fingerprint(self, reference: str) -> str:
        """SHA-256 of a file, remembered by its path, size and time of change, so that a second call costs nothing.

        Raises:
            UsageError: it is missing.
        """
        self.require(reference, "file")
        path = self._path(reference)
        stamp = self._stamp(path)
        note = _cache() / f"{hashlib.sha256(f'{self._base}:{path}'.encode()).hexdigest()[:32]}.json"
        try:
            kept = json.loads(note.read_text(encoding="utf-8"))
            if kept["stamp"] == stamp:
                return str(kept["sha256"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # no note, or one that cannot be read: it is written anew
        digest = hashlib.sha256()
        with self._open(path) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        _remember(note, {"stamp": stamp, "sha256": digest.hexdigest()})
        return digest.hexdigest()

    def _stamp(self, path: str) -> str:
        if self._system:
            info = self._system.info(path)
            return str([info.get("size"), str(info.get("ETag") or info.get("mtime") or info.get("LastModified"))])
        status = Path(path).stat()
        return str([status.st_size, status.st_mtime_ns, status.st_ino])

    def _open(self, path: str) -> IO[bytes]:
        return cast(IO[bytes], self._system.open(path, "rb") if self._system else Path(path).open("rb"))

    def _path(self, reference: str) -> str:
        """The absolute path of a reference.

        Raises:
            Refusal: ``unsafe_path``: absolute, a parent folder, a NUL, or a link that leaves the root.
        """
        parts = reference.replace("\\", "/").split("/")
        if reference.startswith(("/", "\\")) or ".." in parts or "\0" in reference or _DRIVE.match(reference):
            raise Refusal(Reason.UNSAFE_PATH, "leaves the data set's root")
        path = f"{self._base}/{reference}" if reference else str(self._base)
        if self._system is None and os.path.islink(path):  # noqa: PTH114 - a hot path
            real = os.path.realpath(path)
            if not real.startswith(f"{self._base}/") and os.environ.get("IEIW_FOLLOW_LINKS") != "1":
                raise Refusal(Reason.UNSAFE_PATH, "a link out of the data set's root (IEIW_FOLLOW_LINKS=1 allows them)")
        return path


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ieiw" / "digests"


def _remember(note: Path, value: dict[str, str]) -> None:
    """Keep a note for next time; a cache that cannot be written costs time, not the build."""
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        spooled = note.with_suffix(f".{os.getpid()}")
        spooled.write_text(json.dumps(value), encoding="utf-8")
        spooled.replace(note)
    except OSError as error:
        import logging

        logging.getLogger(__name__).info("digests are not cached: %s", error)
