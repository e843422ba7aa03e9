"""Embedding the regions of pictures, as a stage of the engine: pictures of a unit in, one file of vectors out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import pyarrow.parquet as pq

from ieiw.pipelines.engine.stage import Stage
from ieiw.pipelines.gallery.regions.table import refused, to_bytes, vectors_file
from ieiw.triplets.layout.plan import UnitRef, read_unit
from ieiw.triplets.rejects import Reason
from ieiw.triplets.storage.store import Store

if TYPE_CHECKING:
    from ieiw.pipelines.gallery.regions.worker import RegionEmbedder


class RegionStage(Stage):
    """Its place is the folder of work of a gallery, whose ``regions.json`` says all the rest.

    Attributes:
        gallery: folder of the gallery.
        dimension: of a vector.
    """

    name: ClassVar[str] = "regions"
    gallery: str
    dimension: int

    def worker(self, location: str) -> RegionEmbedder:
        """See :class:`~ieiw.pipelines.engine.stage.Stage`."""
        from ieiw.pipelines.gallery.regions.worker import RegionEmbedder

        return RegionEmbedder(location, self.gallery)

    def mark(self, ref: UnitRef) -> str:
        """The unit's vectors."""
        return vectors_file(ref)

    def needs(self, ref: UnitRef) -> Sequence[str]:
        """The part of the plan that holds the unit."""
        return (ref.part,)

    def count(self, store: Store, ref: UnitRef) -> Mapping[str, int]:
        """Regions embedded and refused."""
        with store.open(self.mark(ref)) as file:
            return {"embedded": pq.read_metadata(file).num_rows, "refused": refused(store, ref).total()}

    def quarantine(self, store: Store, ref: UnitRef, detail: str) -> None:
        """A file without regions, which counts the unit's pictures as refused."""
        reasons = Counter({Reason.WORKER_DIED.value: len(read_unit(store, ref))})
        store.create(self.mark(ref), to_bytes([], self.dimension, reasons))
