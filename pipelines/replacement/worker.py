"""What all steps share: a unit is done in batches that are kept, so that a worker that is killed loses one batch at most."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from ieiw.builders.opening import Closed, Opener
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.replacement.step import Step, attempts_of_step
from ieiw.triplets.layout.build_state import require_state
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.replacement import (
    Outcome,
    Value,
    batch_file,
    read_outcomes,
    to_bytes,
    unit_file,
)
from ieiw.triplets.layout.takedown import tombstones
from ieiw.triplets.records import Attempt, OpenRecord
from ieiw.triplets.rejects import Refusal
from ieiw.triplets.storage.failpoints import reach
from ieiw.triplets.storage.store import open_store

_BATCHES_AHEAD = 2
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Item:
    """An attempt on its way through a step, with what the step before made of it."""

    attempt: Attempt
    before: Outcome | None = None


class StepWorker(ABC, Generic[B]):
    """Does one step of units; made once a process. ``B`` is a batch made ready for the model.

    Args:
        location: of the build.
        step: which one.
    """

    reads: type[Value] | None = None
    """What the step before gives; None for the first."""
    reads_files = False
    """Whether it reads the files of those outcomes."""

    def __init__(self, location: str, step: Step) -> None:
        self.store, self._step = open_store(location), step
        self._recipe = require_state(self.store).recipe
        self.components = Components(self._recipe)
        self.taken_down = tombstones(self.store).pictures
        self._ahead = ThreadPoolExecutor(1)  # one: openers and sources are not made for several
        self._source = ""

    @property
    def batch(self) -> int:
        """Attempts that are worked on, and kept, together."""
        return 16

    @abstractmethod
    def ready(self, items: Sequence[Item]) -> B:
        """What can be done beside the model: reading, decoding, cutting. Runs in a thread of its own, batch after batch."""

    @abstractmethod
    def make(self, ready: B) -> list[Outcome]:
        """The model's part: one outcome an item, in order."""

    def start(self, ref: UnitRef) -> None:
        """Called before the batches of a unit."""

    def finish(self, ref: UnitRef, outcomes: list[Outcome]) -> list[Outcome]:
        """What depends on all outcomes of a unit."""
        return outcomes

    def work(self, ref: UnitRef) -> Mapping[str, int]:
        """Do a unit and commit it."""
        if ref.source != self._source:
            self._source = ref.source
            self.rules = self.components.replacement(ref.source)
            self._opener = Opener(
                self.components.source(ref.source), self._recipe.source(ref.source).frame, self.taken_down
            )
        self.start(ref)
        passed, left = self._split(ref)
        folder, kept = self._step.folder, [*passed]
        size = self.batch
        batches = list(iter(lambda: list(islice(left, size)), []))
        files = [batch_file(folder, ref, number * size, size) for number in range(len(batches))]
        todo = [(file, batch) for file, batch in zip(files, batches, strict=True) if not self.store.exists(file)]
        for file, ready in self._readied(todo):
            self.store.publish_bytes(file, to_bytes(self.make(ready)))
            reach("batch-published")
        try:
            for file in files:
                kept += read_outcomes(self.store, file, self._kind)
        except FileNotFoundError:
            # Another machine's worker committed the unit meanwhile, and took its batches away: its work stands.
            if not self.store.exists(unit_file(folder, ref)):
                raise
            return {}
        kept = self.finish(ref, kept)
        self.store.create(unit_file(folder, ref), to_bytes(kept))
        reach("step-published")
        for file in files:
            self.store.delete(file)
        refused = sum(isinstance(each.value, Refusal) for each in kept)
        return {self._step.done: len(kept) - refused, "refused": refused}

    def _split(self, ref: UnitRef) -> tuple[list[Outcome], Iterator[Item]]:
        """Refusals of the steps before, which are passed on; and the attempts that stand."""
        attempts = attempts_of_step(self.store, ref)
        if self.reads is None:
            return [], (Item(attempt) for attempt in attempts)
        file = unit_file(self._step.before[-1], ref)
        before = {each.key: each for each in read_outcomes(self.store, file, self.reads, self.reads_files)}
        passed = [each for each in before.values() if isinstance(each.value, Refusal)]
        refused = {each.key for each in passed}
        return passed, (Item(each, before[each.key]) for each in attempts if each.key not in refused)

    def _readied(self, todo: Sequence[tuple[str, list[Item]]]) -> Iterator[tuple[str, B]]:
        """Batches, made ready while the model is at work on the ones before."""
        waiting: list[tuple[str, Future[B]]] = []
        left = iter(todo)
        while waiting := [*waiting, *self._sent(islice(left, 1 + _BATCHES_AHEAD - len(waiting)))]:
            file, ready = waiting.pop(0)
            yield file, ready.result()

    def _sent(self, batches: Iterator[tuple[str, list[Item]]]) -> list[tuple[str, Future[B]]]:
        return [(file, self._ahead.submit(self.ready, items)) for file, items in batches]

    def opened(self, attempt: Attempt) -> tuple[OpenRecord, str] | Closed:
        """The attempt's record with its pictures; its variant is set."""
        found = self._opener.open(attempt.record, attempt.source)
        if not isinstance(found, Closed):
            found[0].variant = attempt.variant
        return found

    @property
    def short_side(self) -> int:
        """Of pictures at output size."""
        return self._recipe.image_of(self._source).short_side

    @property
    def seed(self) -> int:
        """Of the recipe."""
        return self._recipe.seed

    @property
    @abstractmethod
    def _kind(self) -> type[Value]:
        """What it gives."""
