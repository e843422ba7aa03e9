"""Latents as a stage of the engine: a shard's samples in, one file of latents out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from ieiw.pipelines.engine.stage import Stage
from ieiw.triplets.layout.cut_index import map_index
from ieiw.triplets.layout.cut_state import cut_file, load_cut
from ieiw.triplets.layout.latents import LatentKind, latent_file, latent_units, read_header, to_file
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.storage.store import Store

if TYPE_CHECKING:
    from ieiw.pipelines.latents.worker import UnitEncoder


class LatentStage(Stage):
    """Encodes the pictures that a cut takes of a shard.

    Attributes:
        model: whose autoencoder.
        vae: SHA-256 of its weights.
        size: of the square pictures, in pixels.
        side: of their latents.
        twins: keep the mirrored pictures too.
        batch: samples at once; a batch of another size may round otherwise.
        device: ``cpu`` or ``cuda``.
    """

    name: ClassVar[str] = "latents"
    model: str
    vae: str
    size: int
    side: int
    twins: bool
    batch: int
    device: Literal["cpu", "cuda"]

    @property
    def kind(self) -> LatentKind:
        """What it makes."""
        return LatentKind(self.vae, self.size, self.side, self.twins)

    def worker(self, location: str) -> UnitEncoder:
        """See :class:`~ieiw.pipelines.engine.stage.Stage`."""
        from ieiw.pipelines.latents.worker import UnitEncoder

        return UnitEncoder(location, self.kind, self.model, self.batch, self.device)

    def mark(self, ref: UnitRef) -> str:
        """The file of its latents."""
        return latent_file(self.kind, ref)

    def needs(self, ref: UnitRef) -> Sequence[str]:
        """The cut."""
        return (cut_file(ref.source),)

    def count(self, store: Store, ref: UnitRef) -> Mapping[str, int]:
        """Samples encoded, or quarantined with their unit."""
        header = read_header(store, self.mark(ref))
        return {"quarantined" if header.set_aside else "encoded": header.samples}

    def quarantine(self, store: Store, ref: UnitRef, detail: str) -> None:
        """A file without latents that says why; training on these latents is refused."""
        state = load_cut(store, ref.source)
        units = latent_units(state, map_index(store, state, "train"))
        samples = sum(unit.stop - unit.first for unit in units if unit.ref == ref)
        store.create(self.mark(ref), to_file(samples, b"", detail))
