"""The steps before a build of replacements, as stages of the engine: a unit's attempts in, one file of outcomes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ieiw.pipelines.engine.stage import Stage
from ieiw.pipelines.replacement.step import Step, attempts_of_step
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.replacement import Outcome, count_outcomes, to_bytes, unit_file
from ieiw.triplets.rejects import Place, Reason, Refusal
from ieiw.triplets.storage.store import Store

if TYPE_CHECKING:
    from ieiw.pipelines.replacement.worker import StepWorker


class StepStage(Stage):
    """One step.

    Attributes:
        folder: of its outcomes; its name carries the digest of all that decides them.
        before: folders of the steps before, in order.
    """

    folder: str
    before: tuple[str, ...] = ()
    done: ClassVar[str]
    """What its progress calls the attempts that it leaves standing."""

    @property
    def step(self) -> Step:
        """What its worker is told."""
        return Step(self.folder, self.before, self.done)

    def mark(self, ref: UnitRef) -> str:
        """The unit's outcomes."""
        return unit_file(self.folder, ref)

    def needs(self, ref: UnitRef) -> Sequence[str]:
        """The unit's plan, and its outcomes of the steps before."""
        return (ref.part, *(unit_file(folder, ref) for folder in self.before))

    def count(self, store: Store, ref: UnitRef) -> Mapping[str, int]:
        """Attempts that stand, and those that are refused by now."""
        standing, refused = count_outcomes(store, self.mark(ref))
        return {self.done: standing, "refused": refused}

    def quarantine(self, store: Store, ref: UnitRef, detail: str) -> None:
        """Every attempt of the unit is refused."""
        refusal = Refusal(Reason.WORKER_DIED, detail)
        attempts = attempts_of_step(store, ref)
        outcomes = [Outcome(attempt.key, refusal, stage=Place.WORKER) for attempt in attempts]
        store.create(self.mark(ref), to_bytes(outcomes))


class RetrieveStage(StepStage):
    """Which region is replaced, and which regions of the gallery may take its place."""

    name: ClassVar[str] = "retrieve"
    done: ClassVar[str] = "retrieved"

    def worker(self, location: str) -> StepWorker[Any]:
        """See :class:`~ieiw.pipelines.engine.stage.Stage`."""
        from ieiw.pipelines.replacement.retrieve import Retriever

        return Retriever(location, self.step)


class PaintStage(StepStage):
    """The paintings, of which the best is kept."""

    name: ClassVar[str] = "paint"
    done: ClassVar[str] = "painted"

    def worker(self, location: str) -> StepWorker[Any]:
        """See :class:`~ieiw.pipelines.engine.stage.Stage`."""
        from ieiw.pipelines.replacement.paint import Painter

        return Painter(location, self.step)


class CaptionStage(StepStage):
    """What is seen there, before and after."""

    name: ClassVar[str] = "caption"
    done: ClassVar[str] = "captioned"

    def worker(self, location: str) -> StepWorker[Any]:
        """See :class:`~ieiw.pipelines.engine.stage.Stage`."""
        from ieiw.pipelines.replacement.caption import CaptionWorker

        return CaptionWorker(location, self.step)


class WriteStage(StepStage):
    """The instructions."""

    name: ClassVar[str] = "write"
    done: ClassVar[str] = "written"

    def worker(self, location: str) -> StepWorker[Any]:
        """See :class:`~ieiw.pipelines.engine.stage.Stage`."""
        from ieiw.pipelines.replacement.write import WriteWorker

        return WriteWorker(location, self.step)


STAGES: Mapping[str, type[StepStage]] = {
    each.name: each for each in (RetrieveStage, PaintStage, CaptionStage, WriteStage)
}
"""By the names of :data:`ieiw.triplets.layout.replacement.STEPS`."""
