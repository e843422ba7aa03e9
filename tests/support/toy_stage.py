"""The smallest stage: a unit becomes one file that holds its number. Some units kill, fail or are damaged."""

import os
import signal
from collections.abc import Mapping, Sequence
from typing import ClassVar

from ieiw.pipelines.engine.stage import DamageError, Stage
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.storage.store import Store, open_store

UNITS = [UnitRef("toy", "abcdef", 0, number) for number in range(6)]


class Toy(Stage):
    name: ClassVar[str] = "toy"
    deadly: tuple[int, ...] = ()
    failing: tuple[int, ...] = ()
    damaged: tuple[int, ...] = ()
    input: str = ""

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
        self._store.create(self._stage.mark(ref), str(ref.number).encode())
        return {"made": 1}
