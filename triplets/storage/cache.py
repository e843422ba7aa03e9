"""The user's cache: what takes long to read out of a file, kept so that no worker and no later run needs to read it again."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import platformdirs

_DIGEST = 32


def cache_folder(name: str) -> Path:
    """The folder of this name in the user's cache for the project; it may not exist yet."""
    return _writable(platformdirs.user_cache_path("ieiw")) / name


@lru_cache(maxsize=1)
def _writable(folder: Path) -> Path:
    """The folder, or one among the temporary files, which is said: a user of a container may have no home, or not his own."""
    try:
        if not folder.is_absolute():  # ``~/…``
            raise FileNotFoundError(f"{folder}: there is no home folder")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        other = Path(tempfile.gettempdir()) / f"ieiw-cache-{os.getuid()}"
        with contextlib.suppress(FileExistsError):
            other.mkdir(mode=0o700)
        if other.is_symlink() or other.stat().st_uid != os.getuid():  # laid out by somebody else
            other = Path(tempfile.mkdtemp(prefix="ieiw-cache-"))
        logging.getLogger(__name__).warning("%s; logs and cached values go to %s", error, other)
        return other


def cached(key: str, make: Callable[[], bytes]) -> bytes:
    """``make()``, or what it gave before under this key.

    A file of the cache that is damaged is made again, and one that cannot be written costs time, not the build.

    Args:
        key: names the value and all that it depends on, such as the digest of the file it was read from.
        make: gives the value.
    """
    folder = cache_folder("values")
    file = folder / hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    try:
        kept = file.read_bytes()
        if hashlib.sha256(kept[_DIGEST:]).digest() == kept[:_DIGEST]:
            return kept[_DIGEST:]
    except OSError:
        pass  # not there yet
    value = make()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        spooled = file.with_suffix(f".{os.getpid()}")
        spooled.write_bytes(hashlib.sha256(value).digest() + value)
        spooled.replace(file)
    except OSError as error:
        logging.getLogger(__name__).info("nothing is cached: %s", error)
    return value
