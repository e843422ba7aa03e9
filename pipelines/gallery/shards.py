"""Filling an index, as a stage of the engine: the vectors of a part in, one shard of the index out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, NoReturn

from ieiw.models.gallery import building
from ieiw.pipelines.engine.stage import Stage
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.gallery import WORK, GalleryFile, gallery_store, vectors_of
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.storage.store import Store


class ShardStage(Stage):
    """Its place is the gallery, which holds the cells already; a unit is a part.

    Attributes:
        key: digest of all that decides the shards.
        parts: of the gallery, in order.
    """

    name: ClassVar[str] = "gallery"
    key: str
    parts: tuple[GalleryFile, ...]

    @property
    def cells(self) -> str:
        """Name of the index without vectors, whose cells all shards share."""
        return f"{WORK}/{self.key}-trained.faiss"

    def refs(self) -> list[UnitRef]:
        """The units, in the order of their parts."""
        return [UnitRef("part", self.key, 0, number) for number in range(len(self.parts))]

    def worker(self, location: str) -> ShardFiller:
        """See :class:`~ieiw.pipelines.engine.stage.Stage`."""
        return ShardFiller(location, self)

    def mark(self, ref: UnitRef) -> str:
        """The shard."""
        return f"{WORK}/{self.key}-{ref.number:05d}.faiss"

    def needs(self, ref: UnitRef) -> Sequence[str]:
        """The cells. A part that is missing is told by who reads it."""
        return (self.cells,)

    def count(self, store: Store, ref: UnitRef) -> Mapping[str, int]:
        """Vectors in the shard."""
        return {"indexed": self.parts[ref.number].rows}

    def quarantine(self, store: Store, ref: UnitRef, detail: str) -> NoReturn:
        """No index goes without a part.

        Raises:
            UsageError: always; names the part.
        """
        raise UsageError(
            f"{store.location}/{self.parts[ref.number].name}: cannot be put into the index: {detail}. Most likely memory is short: "
            "make some free and run the same command again; what is filled is kept"
        )


class ShardFiller:
    """Fills shards of one index; made once a process.

    Args:
        location: the gallery.
        stage: says which cells, which parts.
    """

    def __init__(self, location: str, stage: ShardStage) -> None:
        self._store, self._stage = gallery_store(location), stage
        self._index = building.read(Path(self._store.location) / stage.cells)

    def work(self, ref: UnitRef) -> Mapping[str, int]:
        """Fill and commit one shard."""
        part = self._stage.parts[ref.number]
        self._store.create(self._stage.mark(ref), building.shard(self._index, vectors_of(self._store, [part])))
        return {"indexed": part.rows}
