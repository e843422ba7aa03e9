"""A build in a bucket: one put a file; exclusive creation is a put with ``If-None-Match: *`` (fsspec's ``mode="create"``)."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from tenacity import retry, retry_if_exception, stop_after_attempt, wait_random_exponential

from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.urls import file_system

_T = TypeVar("_T")
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


class ObjectStore:
    """A build under a prefix of an object store that fsspec knows."""

    local: Path | None = None

    def __init__(self, url: str) -> None:
        protocol, _, path = url.partition("://")
        # An empty name in the middle would be written, but not listed: ``s3://bucket//prefix``.
        parts = [part for part in path.split("/") if part]
        if not protocol or not parts or {".", ".."} & {*parts}:  # what some clients walk up, and others take for a name
            raise UsageError(f"{url}: name a bucket and a place in it without `..`, such as s3://bucket/prefix")
        self.location = f"{protocol}://{'/'.join(parts)}"
        self._system, path = file_system(self.location, use_listings_cache=False)
        self._root = path.rstrip("/")

    def publish(self, name: str, file: Path) -> None:
        """See :class:`~.store.Store`."""
        self._call(name, lambda: self._system.put_file(str(file), self._path(name)))
        file.unlink(missing_ok=True)

    def publish_bytes(self, name: str, data: bytes) -> None:
        """See :class:`~.store.Store`."""
        self._call(name, lambda: self._system.pipe_file(self._path(name), data))

    def create(self, name: str, data: bytes) -> bool:
        """See :class:`~.store.Store`."""

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
        """See :class:`~.store.Store`."""
        return bytes(self._call(name, lambda: self._system.cat_file(self._path(name))))

    def read_range(self, name: str, offset: int, size: int) -> bytes:
        """See :class:`~.store.Store`."""
        return bytes(self._call(name, lambda: self._system.cat_file(self._path(name), start=offset, end=offset + size)))

    def open(self, name: str) -> Any:
        """See :class:`~.store.Store`."""
        return self._call(name, lambda: self._system.open(self._path(name), "rb"))

    def sizes(self, folder: str) -> dict[str, int]:
        """See :class:`~.store.Store`."""
        return {name: size for name, kind, size in self._listing(folder) if kind == "file"}

    def folders(self, folder: str) -> list[str]:
        """See :class:`~.store.Store`."""
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
        """See :class:`~.store.Store`."""
        try:  # fsspec's own isfile takes every error for "no"
            return bool(self._call(name, lambda: self._system.info(self._path(name), refresh=True))["type"] == "file")
        except FileNotFoundError:
            return False

    def delete(self, name: str) -> None:
        """See :class:`~.store.Store`."""
        try:
            self._call(name, lambda: self._system.rm_file(self._path(name)))
        except FileNotFoundError:
            return

    def spooled(self) -> Path:
        """See :class:`~.store.Store`."""
        return self._spool() / uuid.uuid4().hex

    def _spool(self) -> Path:
        folder = Path(tempfile.gettempdir()) / f"ieiw-spool-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def sweep(self) -> None:
        """See :class:`~.store.Store`. Spooled files of other builds share the folder: only old ones go."""
        for file in self._spool().iterdir():
            with contextlib.suppress(FileNotFoundError):  # published, or swept by another just now
                if time.time() - file.stat().st_mtime > 86_400:
                    file.unlink()

    def free_bytes(self) -> int | None:
        """See :class:`~.store.Store`."""
        return None

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _call(self, name: str, call: Callable[[], _T]) -> _T:
        """The call, tried again where that may help; its error names the file and is an OSError."""
        again = retry(
            retry=retry_if_exception(_transient),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.2, max=10),
            reraise=True,
        )
        try:
            return again(call)()
        except Exception as error:
            if not isinstance(error, OSError) and not _of_client(error):
                raise
            kind = next((kind for kind in _NO if isinstance(error, kind)), OSError)  # which callers tell apart
            raise kind(f"{self.location}/{name}: {error}") from error
