"""Where a build lives: a folder or a bucket, with publishing that is whole or not at all.

POSIX: spool, fsync, rename, fsync of the folder; exclusive creation is a hard link. Object stores: one put; exclusive
creation is a put with ``If-None-Match: *`` (fsspec's ``mode="create"``).
"""

from __future__ import annotations

import os
import shutil
import socket
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tenacity import retry, retry_if_exception, stop_after_attempt, wait_random_exponential

from triplets.faults import reach
from triplets.processes import is_alive, started

_ABANDONED_S = 86_400.0
"""A spooled file of another machine is taken for left behind after so long."""
_T = TypeVar("_T")
SPOOL = ".spool"
"""Folder of half-written files below a build on disk; nothing in it is ever read."""


class Store(Protocol):
    """A build's files by name (``rows/x.parquet``), on disk or in a bucket."""

    location: str
    local: Path | None
    """The folder, where the store is one."""

    def publish(self, name: str, file: Path) -> None:
        """Make ``file``'s bytes visible as ``name``, whole or not at all; replaces what was there. ``file`` is used up."""
        ...

    def publish_bytes(self, name: str, data: bytes) -> None:
        """As ``publish``, from memory."""
        ...

    def create(self, name: str, data: bytes) -> bool:
        """As ``publish_bytes``, but only where ``name`` is not yet there; false if it was, with any content."""
        ...

    def read(self, name: str) -> bytes:
        """All bytes of a file.

        Raises:
            FileNotFoundError: no such file.
        """
        ...

    def read_range(self, name: str, offset: int, size: int) -> bytes:
        """``size`` bytes from ``offset``; fewer where the file ends before."""
        ...

    def open(self, name: str) -> Any:
        """A seekable binary file for reading."""
        ...

    def sizes(self, folder: str) -> dict[str, int]:
        """Names of the files right in ``folder`` (without it) -> bytes; empty where there is no such folder."""
        ...

    def folders(self, folder: str) -> list[str]:
        """Names of the folders right in ``folder`` (without it), sorted; empty where there are none."""
        ...

    def exists(self, name: str) -> bool:
        """Whether the file is there."""
        ...

    def delete(self, name: str) -> None:
        """Remove a file; nothing happens where it is not there."""
        ...

    def spool(self) -> Path:
        """A folder for half-written files from which ``publish`` is cheap."""
        ...

    def sweep(self) -> None:
        """Remove what killed processes left behind in the spool."""
        ...

    def free_bytes(self) -> int | None:
        """Free space, or None where that has no meaning."""
        ...


def open_store(location: str | Path) -> Store:
    """The store at a folder or an fsspec URL (``s3://bucket/prefix``); nothing is created yet.

    Settings of object stores come from their usual places (``AWS_ENDPOINT_URL``, profiles, ``FSSPEC_*`` variables).
    """
    text = str(location)
    if text.startswith("file://"):
        text = text[len("file://") :]
    return ObjectStore(text) if "://" in text else FolderStore(Path(text))


class FolderStore:
    """A build in a folder of a POSIX file system."""

    def __init__(self, folder: Path) -> None:
        self.local: Path | None = folder.expanduser().resolve()
        self._folder = self.local
        self.location = str(self._folder)

    def publish(self, name: str, file: Path) -> None:
        """See :class:`Store`."""
        target = self._target(name)
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
        file.replace(target)
        _sync_folder(target.parent)

    def publish_bytes(self, name: str, data: bytes) -> None:
        """See :class:`Store`."""
        self.publish(name, self._spooled(data))

    def create(self, name: str, data: bytes) -> bool:
        """See :class:`Store`."""
        target, spooled = self._target(name), self._spooled(data)
        reach("rows-spooled")
        try:
            os.link(spooled, target)
        except FileExistsError:
            return False
        finally:
            spooled.unlink(missing_ok=True)
        _sync_folder(target.parent)
        return True

    def read(self, name: str) -> bytes:
        """See :class:`Store`."""
        return (self._folder / name).read_bytes()

    def read_range(self, name: str, offset: int, size: int) -> bytes:
        """See :class:`Store`."""
        with (self._folder / name).open("rb") as stream:
            return os.pread(stream.fileno(), size, offset)

    def open(self, name: str) -> Any:
        """See :class:`Store`."""
        return (self._folder / name).open("rb")

    def sizes(self, folder: str) -> dict[str, int]:
        """See :class:`Store`."""
        try:
            with os.scandir(self._folder / folder) as entries:
                return {entry.name: entry.stat().st_size for entry in entries if entry.is_file()}
        except FileNotFoundError:
            return {}

    def folders(self, folder: str) -> list[str]:
        """See :class:`Store`."""
        try:
            with os.scandir(self._folder / folder) as entries:
                return sorted(entry.name for entry in entries if entry.is_dir())
        except FileNotFoundError:
            return []

    def exists(self, name: str) -> bool:
        """See :class:`Store`."""
        return (self._folder / name).is_file()

    def delete(self, name: str) -> None:
        """See :class:`Store`."""
        (self._folder / name).unlink(missing_ok=True)

    def spool(self) -> Path:
        """See :class:`Store`. Each process has its own, so that no sweep takes away what another is still writing."""
        folder = self._folder / SPOOL / f"{socket.gethostname()}={os.getpid()}={started():.2f}"
        if not folder.is_dir():
            self.sweep()  # the first file of this process: what killed ones left is cleared by whatever comes next
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    def sweep(self) -> None:
        """See :class:`Store`. What living processes are writing stays."""
        spools = self._folder / SPOOL
        for spool in list(spools.iterdir()) if spools.is_dir() else ():
            if not spool.is_dir():
                spool.unlink(missing_ok=True)
            elif not _in_use(spool):
                shutil.rmtree(spool, ignore_errors=True)

    def free_bytes(self) -> int | None:
        """See :class:`Store`."""
        folder = self._folder
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free

    def _target(self, name: str) -> Path:
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def _spooled(self, data: bytes) -> Path:
        file = self.spool() / uuid.uuid4().hex
        with file.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        return file


def _in_use(spool: Path) -> bool:
    """Whether the process that owns a spool may still write: by its number on this host, by its age on another."""
    host, _, rest = spool.name.partition("=")
    pid, _, since = rest.partition("=")
    try:
        number, began = int(pid), float(since)
    except ValueError:
        return False
    if host == socket.gethostname():
        return is_alive(number, began)
    try:
        return time.time() - spool.stat().st_mtime < _ABANDONED_S
    except FileNotFoundError:  # swept by another just now
        return False


def _sync_folder(folder: Path) -> None:
    """A rename is durable only once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_NO = (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError)
_CLIENTS = frozenset({"aiobotocore", "aiohttp", "azure", "botocore", "gcsfs", "google"})
_NO_OF_CLIENTS = frozenset({"NoCredentialsError", "PartialCredentialsError", "ParamValidationError", "ProfileNotFound"})
_ATTEMPTS = 6
"""At each call to an object store, on top of the few that its client makes."""


def _transient(error: BaseException) -> bool:
    """Whether trying again may help: anything of the network, nothing that says the answer is no."""
    if isinstance(error, OSError):
        return not isinstance(error, _NO)
    return _of_client(error) and type(error).__name__ not in _NO_OF_CLIENTS


def _of_client(error: BaseException) -> bool:
    """Whether a client library of an object store raised it; those do not all descend from OSError."""
    return type(error).__module__.partition(".")[0] in _CLIENTS


def _as_oserror(error: Exception, place: str) -> OSError:
    """The error with its place in the message, as the kind of OSError that callers tell apart."""
    kind = next((kind for kind in _NO if isinstance(error, kind)), OSError)
    return kind(f"{place}: {error}")


def _with_retries(call: Callable[[], _T]) -> _T:
    again = retry(
        retry=retry_if_exception(_transient),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.2, max=10),
        reraise=True,
    )
    return again(call)()


class ObjectStore:
    """A build under a prefix of an object store that fsspec knows."""

    local: Path | None = None

    def __init__(self, url: str) -> None:
        import fsspec

        self.location = url.rstrip("/")
        self._system, path = fsspec.core.url_to_fs(self.location, use_listings_cache=False)
        self._root = str(path).rstrip("/")

    def publish(self, name: str, file: Path) -> None:
        """See :class:`Store`."""
        self._call(name, lambda: self._system.put_file(str(file), self._path(name)))
        file.unlink(missing_ok=True)

    def publish_bytes(self, name: str, data: bytes) -> None:
        """See :class:`Store`."""
        self._call(name, lambda: self._system.pipe_file(self._path(name), data))

    def create(self, name: str, data: bytes) -> bool:
        """See :class:`Store`."""

        def put() -> bool:
            try:
                self._system.pipe_file(self._path(name), data, mode="create")
            except FileExistsError:
                # A put whose answer was lost is sent again by the client and then meets its own file.
                return bool(self._system.cat_file(self._path(name)) == data)
            return True

        reach("rows-spooled")
        return self._call(name, put)

    def read(self, name: str) -> bytes:
        """See :class:`Store`."""
        return bytes(self._call(name, lambda: self._system.cat_file(self._path(name))))

    def read_range(self, name: str, offset: int, size: int) -> bytes:
        """See :class:`Store`."""
        return bytes(self._call(name, lambda: self._system.cat_file(self._path(name), start=offset, end=offset + size)))

    def open(self, name: str) -> Any:
        """See :class:`Store`."""
        return self._call(name, lambda: self._system.open(self._path(name), "rb"))

    def sizes(self, folder: str) -> dict[str, int]:
        """See :class:`Store`."""
        return {name: size for name, kind, size in self._listing(folder) if kind == "file"}

    def folders(self, folder: str) -> list[str]:
        """See :class:`Store`."""
        return sorted(name for name, kind, _ in self._listing(folder) if kind == "directory")

    def _listing(self, folder: str) -> list[tuple[str, str, int]]:
        """Name, kind and size of everything right in a folder."""
        try:
            entries = self._call(folder, lambda: self._system.ls(self._path(folder), detail=True, refresh=True))
        except FileNotFoundError:
            return []
        return [
            (str(entry["name"]).rstrip("/").rsplit("/", 1)[-1], str(entry["type"]), int(entry["size"] or 0))
            for entry in entries
        ]

    def exists(self, name: str) -> bool:
        """See :class:`Store`."""
        try:  # fsspec's own isfile takes every error for "no"
            return bool(self._call(name, lambda: self._system.info(self._path(name), refresh=True))["type"] == "file")
        except FileNotFoundError:
            return False

    def delete(self, name: str) -> None:
        """See :class:`Store`."""
        try:
            self._call(name, lambda: self._system.rm_file(self._path(name)))
        except FileNotFoundError:
            return

    def spool(self) -> Path:
        """See :class:`Store`."""
        import tempfile

        folder = Path(tempfile.gettempdir()) / f"ieiw-spool-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def sweep(self) -> None:
        """See :class:`Store`. Spooled files of other builds share the folder: only old ones go."""
        import time

        for file in self.spool().iterdir():
            if time.time() - file.stat().st_mtime > 86_400:
                file.unlink(missing_ok=True)

    def free_bytes(self) -> int | None:
        """See :class:`Store`."""
        return None

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _call(self, name: str, call: Callable[[], _T]) -> _T:
        """The call, tried again where that may help; its error names the file and is an OSError."""
        try:
            return _with_retries(call)
        except Exception as error:
            if isinstance(error, OSError) or _of_client(error):
                raise _as_oserror(error, f"{self.location}/{name}") from error
            raise
