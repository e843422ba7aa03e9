"""What takes long to read out of a file is remembered beside the digests of files, so that every worker need not read it again."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path

_DIGEST = 32


def remembered(key: str, make: Callable[[], bytes]) -> bytes:
    """``make()``, or what it gave before under this key, in the user's cache folder.

    A note that is damaged is made anew, and one that cannot be written costs time, not the build.

    Args:
        key: names the value and all that it depends on, such as the digest of the file it was read from.
        make: gives the value.
    """
    note = _note(key)
    if note is not None and (kept := _recall(note)) is not None:
        return kept
    value = make()
    if note is not None:
        _keep(note, value)
    return value


def _note(key: str) -> Path | None:
    """Where the value is kept; None where the user has no folder for such things."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ieiw" / "remembered"
    except RuntimeError:  # no home
        return None
    return folder / hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _recall(note: Path) -> bytes | None:
    try:
        kept = note.read_bytes()
    except OSError:
        return None
    digest, value = kept[:_DIGEST], kept[_DIGEST:]
    return value if hashlib.sha256(value).digest() == digest else None


def _keep(note: Path, value: bytes) -> None:
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        spooled = note.with_suffix(f".{os.getpid()}")
        spooled.write_bytes(hashlib.sha256(value).digest() + value)
        spooled.replace(note)
    except OSError as error:
        logging.getLogger(__name__).info("nothing is remembered: %s", error)
