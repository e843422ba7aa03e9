"""A lock that names the other driver. Nothing's correctness hangs on it: it spares two drivers the same work twice."""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import time
from dataclasses import asdict, dataclass

import msgspec

from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.storage.processes import is_alive, space, started
from ieiw.triplets.storage.store import Store

FILE = "lock.json"
BEAT_S = 15.0
STALE_S = 60.0


@dataclass(frozen=True, slots=True)
class Holder:
    """Who drives the build; ``space`` is where its process number means something (:func:`.processes.space`)."""

    host: str
    pid: int
    started: float
    beat: float
    space: str = ""

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
    """Held while a build runs: ``with Lock(store, take_over):``.

    Raises:
        UsageError: another living driver holds it; the message names host and pid and the way on.
    """

    def __init__(self, store: Store, take_over: bool = False) -> None:
        self._store = store
        self._take_over = take_over
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="lock-heartbeat")

    def __enter__(self) -> Lock:
        while not self._store.create(FILE, self._content()):
            holder = read_holder(self._store)
            if holder is None:
                continue
            if not self._take_over and not _mine(holder) and self._is_at_work(holder):
                raise UsageError(
                    f"{self._store.location} is being built by process {holder.pid} on {holder.host}. "
                    "Wait for it, stop it, or take over (safe, but work may be done twice).",
                    Step(values={"take_over": True}),
                )
            self._store.delete(FILE)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        holder = read_holder(self._store)
        if holder is not None and _mine(holder):
            self._store.delete(FILE)

    def _is_at_work(self, holder: Holder) -> bool:
        """Whether it lives; of one whose clock is far ahead of ours, whether its heartbeat changes while we look."""
        if not holder.is_ahead:
            return holder.alive()
        until = time.monotonic() + 2 * BEAT_S
        while time.monotonic() < until:
            if read_holder(self._store) != holder:
                return True
            time.sleep(BEAT_S / 15)
        return False

    def _content(self) -> bytes:
        return json.dumps(asdict(Holder(socket.gethostname(), os.getpid(), started(), time.time(), space()))).encode()

    def _beat(self) -> None:
        while not self._stop.wait(BEAT_S):
            try:
                holder = read_holder(self._store)
                if holder is None or _mine(holder):  # another driver that took over keeps the lock
                    self._store.publish_bytes(FILE, self._content())
            except OSError as error:  # the next beat may get through; the build itself will say if the store is gone
                logging.getLogger(__name__).warning("no heartbeat in %s: %s", self._store.location, error)


def read_holder(store: Store) -> Holder | None:
    """Who holds the lock; None where nobody does. A damaged lock counts as one whose holder is gone."""
    try:
        return msgspec.json.decode(store.read(FILE), type=Holder)
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError):
        return Holder(socket.gethostname(), 0, 0.0, 0.0, space())


def _mine(holder: Holder) -> bool:
    return holder.space == space() and holder.pid == os.getpid()
