"""What a place can: tried with files of our own, which are removed again."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ieiw.triplets.errors import UsageError, human_bytes
from ieiw.triplets.storage.folder import FolderStore
from ieiw.triplets.storage.objects import ObjectStore
from ieiw.triplets.storage.store import Store, open_store

_LITTLE = 2e9
_FILE = "exclusive"


@dataclass(frozen=True, slots=True)
class Ability:
    """One thing that a place can or cannot; ``remedy`` helps where it cannot."""

    name: str
    good: bool
    found: str
    remedy: str = ""


def probe(place: str) -> list[Ability]:
    """Whether a build can live in a folder or bucket, and how it would commit there. What is missing of a folder is not made."""
    try:
        store = open_store(place)
        with _trial(store) as inner:
            inner.publish_bytes(_FILE, b"any")
            inner.delete(_FILE)
            abilities = [Ability("can be written", True, "yes"), _exclusive(inner)]
    except (OSError, UsageError) as error:
        remedy = "give a place that you may write to; cuts and audits of a build that you may only read take --out"
        return [Ability("can be written", False, str(error), remedy)]
    free = store.free_bytes()
    if free is not None:
        remedy = "free some, or build on another disk"
        abilities.append(Ability("free room", free > _LITTLE, human_bytes(free), remedy))
    return abilities


@contextlib.contextmanager
def _trial(store: Store) -> Iterator[Store]:
    """A store of the same kind below the place, or below what is there of it; gone at the end."""
    name = f".ieiw-doctor-{uuid.uuid4().hex[:12]}"
    if isinstance(store, ObjectStore):
        inner = ObjectStore(f"{store.location}/{name}")
        try:
            yield inner
        finally:
            with contextlib.suppress(OSError):  # of a store that answers nothing, the first error is the one to tell
                inner.delete(_FILE)
        return
    folder = Path(store.location)
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        yield FolderStore(there / name)
    finally:
        shutil.rmtree(there / name, ignore_errors=True)


def _exclusive(store: Store) -> Ability:
    """Two creations of one name: the second must neither succeed nor change what is there."""
    name = "exclusive create"
    first, second = store.create(_FILE, b"first"), store.create(_FILE, b"second")
    kept = store.read(_FILE) == b"first"
    if not first or second or not kept:
        found = "a second write replaces the first" if second else "a first write is refused"
        return Ability(name, False, found, "let one driver at a time build here, or choose another place")
    if isinstance(store, ObjectStore):
        return Ability(name, True, "a put on condition (If-None-Match)")
    folder = Path(store.location)
    with contextlib.suppress(OSError):
        os.link(folder / _FILE, folder / "linked")
        return Ability(name, True, "a hard link")
    with (folder / _FILE).open("rb") as file, contextlib.suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return Ability(name, True, "no hard links here: a rename, one process at a time")
    remedy = "build with --workers 1 and from one machine at a time, or choose another place"
    return Ability(name, False, "neither hard links nor locks: a rename that may replace another's", remedy)
