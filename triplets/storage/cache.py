"""The user's cache: what takes long to read out of a file, kept so that no worker and no later run needs to read it again."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path

import platformdirs

_DIGEST = 32


def cache_folder(name: str) -> Path:
    """The folder of this name in the user's cache for the project; it may not exist yet."""
    return platformdirs.user_cache_path("ieiw") / name


def cached(key: str, make: Callable[[], bytes]) -> bytes:
    """``make()``, or what it gave before under this key.

    A file of the cache that is damaged is made again, and one that cannot be written costs time, not the build.

    Args:
        key: names the value and all that it depends on, such as the digest of the file it was read from.
        make: gives the value.
    """
    folder = cache_folder("values")
    if not folder.is_absolute():  # ``~/…``: this user has no home
        return make()
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
