"""The smallest stage: a unit becomes one file that holds its number. Some units kill, fail or are damaged.

``python -m tests.support.toy_stage OUT OPTIONS WORKERS`` runs it in a process of its own, which a unit can then kill.
"""

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import psutil

from ieiw.pipelines.engine.errors import WorkerDiedError
from ieiw.pipelines.engine.parent import PARENT
from ieiw.pipelines.engine.run import RunOptions, run_stage
from ieiw.pipelines.engine.stage import Stage
from ieiw.triplets.errors import DamageError, UsageError
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.storage.store import Store, open_store

UNITS = [UnitRef("toy", "abcdef", 0, number) for number in range(6)]
KILLER = 3
"""Number of the unit that kills ``victim`` at ``point``, once."""
DIED = 4


class Toy(Stage):
    name: ClassVar[str] = "toy"
    deadly: tuple[int, ...] = ()
    failing: tuple[int, ...] = ()
    damaged: tuple[int, ...] = ()
    unanswered: tuple[int, ...] = ()
    input: str = ""
    victim: str = ""
    point: str = ""

    def worker(self, location: str) -> "ToyWorker":
        return ToyWorker(location, self)

    def mark(self, ref: UnitRef) -> str:
        return f"toys/{ref.unit}"

    def needs(self, ref: UnitRef) -> Sequence[str]:
        return (self.input,) if self.input else ()

    def count(self, store: Store, ref: UnitRef) -> Mapping[str, int]:
        return {"made": 1}

    def quarantine(self, store: Store, ref: UnitRef, detail: str) -> None:
        store.create(self.mark(ref), f"set aside: {detail}".encode())


class ToyWorker:
    def __init__(self, location: str, stage: Toy) -> None:
        self._store, self._stage = open_store(location), stage

    def work(self, ref: UnitRef) -> Mapping[str, int]:
        if ref.number in self._stage.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        if ref.number in self._stage.failing:
            raise OSError("no disk")
        if ref.number in self._stage.damaged:
            raise DamageError(f"unit {ref.number} is damaged")
        if ref.number in self._stage.unanswered:
            raise UsageError("http://toy: no answer")
        self._reach("started", ref)
        if self._store.create(self._stage.mark(ref), str(ref.number).encode()):
            self._store.publish_bytes(f"done/{ref.number}-{time.time_ns()}", b"")
        self._reach("made", ref)
        return {"made": 1}

    def _reach(self, point: str, ref: UnitRef) -> None:
        """Kill the stage's victim, and wait for the end that this brings; a second run meets no victim."""
        if (point, ref.number) == (self._stage.point, KILLER) and self._store.create("killed", b""):
            driver = int(os.environ[PARENT])
            victims = {"worker": os.getpid(), "driver": driver, "supervisor": psutil.Process(driver).ppid()}
            os.kill(victims[self._stage.victim], signal.SIGKILL)
            time.sleep(60)


def main(out: str, options: str, workers: str) -> int:
    try:
        run_stage(open_store(Path(out)), Toy.model_validate_json(options), UNITS, RunOptions(workers=int(workers)))
    except WorkerDiedError as death:
        print(death, file=sys.stderr)
        return DIED
    return 0


if __name__ == "__main__":
    # As tests and workers import it: the stage's class must be found again by its module's name.
    from tests.support import toy_stage

    sys.exit(toy_stage.main(*sys.argv[1:]))
