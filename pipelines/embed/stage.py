"""Embedding as a stage of the engine: a unit's shard and rows in, one file of vectors out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ieiw.pipelines.engine.stage import Stage
from ieiw.triplets.layout.embeddings import to_bytes, vector_table, vectors_file
from ieiw.triplets.layout.marks import count_of, mark_of
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.storage.store import Store

if TYPE_CHECKING:
    from ieiw.pipelines.embed.worker import UnitEmbedder


class EmbedStage(Stage):
    """Embeds a unit's distinct pictures and instructions.

    Attributes:
        embedder: a backend of the role ``embed``.
        options: of that backend.
        dimension: of its vectors.
    """

    name: ClassVar[str] = "embed"
    embedder: str
    options: Mapping[str, Any]
    dimension: int

    def worker(self, location: str) -> UnitEmbedder:
        """See :class:`~ieiw.pipelines.engine.stage.Stage`."""
        from ieiw.pipelines.embed.worker import UnitEmbedder

        return UnitEmbedder(location, self.embedder, self.options, self.mark)

    def mark(self, ref: UnitRef) -> str:
        """The file of its pictures' vectors."""
        return vectors_file(self.embedder, "pictures", ref)

    def needs(self, ref: UnitRef) -> Sequence[str]:
        """The unit's row file."""
        return (ref.rows,)

    def count(self, store: Store, ref: UnitRef) -> Mapping[str, int]:
        """Pictures embedded, or triplets quarantined with their unit."""
        return count_of(store, self.mark(ref), ref, "embedded")

    def quarantine(self, store: Store, ref: UnitRef, detail: str) -> None:
        """A file without vectors: scores see the unit's pictures as undefined, and the note names the unit."""
        import numpy as np

        text = f"{ref.source}: {detail}; its {mark_of(store, ref.rows).built:,} triplets have no embeddings"
        empty = vector_table([], np.empty((0, self.dimension), np.float16))
        store.create(self.mark(ref), to_bytes(empty, set_aside=text))
