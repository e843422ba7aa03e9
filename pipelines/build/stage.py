"""Building as a stage of the engine: attempts in, one shard, one reject file and one row file out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from ieiw.pipelines.build.commit_unit import write_unit
from ieiw.pipelines.engine.stage import Stage
from ieiw.triplets.layout.marks import mark_of
from ieiw.triplets.layout.plan import UnitRef, read_attempts
from ieiw.triplets.records import Reject
from ieiw.triplets.rejects import Place, Reason
from ieiw.triplets.storage.store import Store

if TYPE_CHECKING:
    from ieiw.pipelines.build.worker import UnitBuilder


class BuildStage(Stage):
    """Has no options: ``build.json`` says everything."""

    name: ClassVar[str] = "build"

    def worker(self, location: str) -> UnitBuilder:
        """See :class:`~ieiw.pipelines.engine.stage.Stage`."""
        from ieiw.pipelines.build.worker import UnitBuilder

        return UnitBuilder(location)

    def mark(self, ref: UnitRef) -> str:
        """The unit's row file."""
        return ref.rows

    def needs(self, ref: UnitRef) -> Sequence[str]:
        """The part of the plan that holds the unit."""
        return (ref.part,)

    def count(self, store: Store, ref: UnitRef) -> Mapping[str, int]:
        """Triplets built and attempts rejected."""
        mark = mark_of(store, ref.rows)
        return {"built": mark.built, "rejected": mark.rejected}

    def quarantine(self, store: Store, ref: UnitRef, detail: str) -> None:
        """Every attempt of the unit becomes a reject."""
        attempts = read_attempts(store, ref)
        write_unit(store, ref, (Reject(attempt, Reason.WORKER_DIED, Place.WORKER, detail) for attempt in attempts))
