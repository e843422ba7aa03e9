"""Where a build lives: a folder or a bucket, with publishing that is whole or not at all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Protocol

from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.folder import SPOOL, FolderStore
from ieiw.triplets.storage.objects import ObjectStore

__all__ = ["SPOOL", "FolderStore", "ObjectStore", "Store", "open_store"]


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

    def spooled(self) -> Path:
        """A new name for a half-written file, from which ``publish`` is cheap."""
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

    Raises:
        UsageError: no location, a file stands where the folder is or would be, or a URL of a protocol that fsspec does not know.
    """
    text = str(location)
    if not text.strip():
        raise UsageError("no folder is given; write `.` for the one you are in")
    protocol, separator, path = text.strip().partition("://")
    if separator and protocol.lower() != "file":
        return ObjectStore(f"{protocol.lower()}://{path}")
    if "\0" in text or re.match(r"[a-z0-9]{2,}:/[^/]", text):
        raise UsageError(f"{text!r}: no folder, and no URL such as s3://bucket/prefix")
    store = FolderStore(Path(path if separator else text))
    folder = Path(store.location)
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not there.is_dir():
        raise UsageError(f"{text}: {there} is a file. Give the folder of a build")
    return store
