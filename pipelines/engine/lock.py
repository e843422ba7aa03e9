"""Locks that name who is at work on a build.

::

    lock.json                     one holder: a build or a take-down, which change what the build is made of
    logs/at-work/VERB-….json      any number: those who add to a complete build, such as scores and cuts

A build's correctness does not hang on them: they spare two drivers the same work twice. A take-down's does: whoever adds to the
build meanwhile could bring back what it takes.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import msgspec

from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.storage.processes import is_alive, space, started
from ieiw.triplets.storage.store import Store

FILE = "lock.json"
BESIDE = "logs/at-work"
BEAT_S = 15.0
STALE_S = 60.0


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is at work; ``space`` is where its process number means something (:func:`.processes.space`)."""

    host: str
    pid: int
    started: float
    beat: float
    space: str = ""
    verb: str = "build"

    def alive(self) -> bool:
        """Whether the holder may still be at work: by its process where that can be seen, else by its heartbeat."""
        if self.space == space():
            return is_alive(self.pid, self.started)
        return time.time() - self.beat < STALE_S

    @property
    def is_ahead(self) -> bool:
        """Whether its heartbeat lies in our future, by a clock that is not ours: its age then says nothing."""
        return self.space != space() and self.beat - time.time() > STALE_S


class Lock:
    """Held while a build is changed: ``with Lock(store, take_over):``.

    Args:
        store: of the build.
        take_over: do not ask whether the holder lives; None where a user cannot ask for it.
        verb: what the holder does.
        file: the lock.

    Raises:
        UsageError: another living driver holds it; the message names host and pid and the way on.
    """

    def __init__(self, store: Store, take_over: bool | None = False, verb: str = "build", file: str = FILE) -> None:
        self._store, self._verb, self._file = store, verb, file
        self._take_over = take_over
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="lock-heartbeat")

    def __enter__(self) -> Lock:
        while not self._store.create(self._file, self._content()):
            holder = read_holder(self._store, self._file)
            if holder is None:
                continue
            if not self._take_over and not _mine(holder) and _is_at_work(self._store, self._file, holder):
                if self._take_over is None:
                    raise UsageError(f"{_told(self._store, holder)}, or stop it")
                raise UsageError(
                    f"{_told(self._store, holder)}, stop it, or take over (safe, but work may be done twice)",
                    Step(values={"take_over": True}),
                )
            self._store.delete(self._file)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        holder = read_holder(self._store, self._file)
        if holder is not None and _mine(holder):
            self._store.delete(self._file)

    def _content(self) -> bytes:
        me = Holder(socket.gethostname(), os.getpid(), started(), time.time(), space(), self._verb)
        return json.dumps(asdict(me)).encode()

    def _beat(self) -> None:
        while not self._stop.wait(BEAT_S):
            try:
                holder = read_holder(self._store, self._file)
                if holder is None or _mine(holder):  # another driver that took over keeps the lock
                    self._store.publish_bytes(self._file, self._content())
            except OSError as error:  # the next beat may get through; the build itself will say if the store is gone
                logging.getLogger(__name__).warning("no heartbeat in %s: %s", self._store.location, error)


@contextmanager
def alone(store: Store, verb: str, take_over: bool = False) -> Iterator[None]:
    """The :class:`Lock`, held while nobody is :func:`beside`.

    Raises:
        UsageError: as the lock; or somebody adds to the build. That one cannot be taken over: it would not notice.
    """
    with Lock(store, take_over, verb):
        for holder in _all_beside(store):
            raise UsageError(f"{_told(store, holder)}, or stop it")
        yield


@contextmanager
def beside(store: Store, verb: str) -> Iterator[None]:
    """Held while something is added to a complete build, by any number at once. What is read of the build is read inside.

    Raises:
        UsageError: the build is being changed; the message names by whom.
    """
    with Lock(store, verb=verb, file=f"{BESIDE}/{verb}-{uuid.uuid4().hex}.json"):
        _all_beside(store)
        holder = read_holder(store)
        if holder is not None and _is_at_work(store, FILE, holder):
            raise UsageError(f"{_told(store, holder)}, or stop it")
        yield


def _all_beside(store: Store) -> list[Holder]:
    """Those who live; those who were killed have left files, which go."""
    found = []
    for file in (f"{BESIDE}/{name}" for name in store.sizes(BESIDE)):
        holder = read_holder(store, file)
        if holder is not None and _is_at_work(store, file, holder):
            found.append(holder)
        elif holder is not None:
            store.delete(file)
    return found


def _told(store: Store, holder: Holder) -> str:
    return f"{store.location}: {holder.verb} is at work (process {holder.pid} on {holder.host}). Wait for it"


def read_holder(store: Store, file: str = FILE) -> Holder | None:
    """Who holds a lock; None where nobody does. A damaged lock counts as one whose holder is gone."""
    try:
        return msgspec.json.decode(store.read(file), type=Holder)
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError):
        return Holder(socket.gethostname(), 0, 0.0, 0.0, space())


def _mine(holder: Holder) -> bool:
    return holder.space == space() and holder.pid == os.getpid()


def _is_at_work(store: Store, file: str, holder: Holder) -> bool:
    """Whether it lives; of one whose clock is far ahead of ours, whether its heartbeat changes while we look."""
    if not holder.is_ahead:
        return holder.alive()
    until = time.monotonic() + 2 * BEAT_S
    while time.monotonic() < until:
        if read_holder(store, file) != holder:
            return True
        time.sleep(BEAT_S / 15)
    return False
