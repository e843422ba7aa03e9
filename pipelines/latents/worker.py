"""Encodes one unit: its samples are read from the shard and made square in threads while the autoencoder is at work."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import torch

from ieiw.models.diffusion.components import load_vae
from ieiw.models.diffusion.posterior import posteriors
from ieiw.triplets.errors import DamageError
from ieiw.triplets.images.shard_images import decode_sample
from ieiw.triplets.images.square import fill_square
from ieiw.triplets.layout.cut_index import is_as_cut, map_index
from ieiw.triplets.layout.cut_state import CutState, load_cut
from ieiw.triplets.layout.latents import LatentKind, LatentUnit, latent_file, latent_units, to_file
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.layout.sentences import read_sentences
from ieiw.triplets.records import Image
from ieiw.triplets.rejects import Refusal
from ieiw.triplets.storage.store import open_store

_AHEAD = 3  # batches that are read and made square before they are asked for


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A sample: (2, size, size, 3) of source and target, whether its twin is kept, and its JSON."""

    pictures: Image
    mirrored: bool
    words: bytes


class UnitEncoder:
    """Encodes units of cuts of one build; made once a process.

    Args:
        location: the build.
        kind: of latents.
        model: whose autoencoder.
        batch: samples at once.
        device: ``cpu`` or ``cuda``.
    """

    def __init__(self, location: str, kind: LatentKind, model: str, batch: int, device: str) -> None:
        on_cpu = device == "cpu"  # there each worker has one core
        torch.set_num_threads(1 if on_cpu else torch.get_num_threads())
        self._store, self._kind, self._batch = open_store(location), kind, batch
        self._vae = load_vae(model).float().to(device).eval()
        self._threads = ThreadPoolExecutor(1 if on_cpu else 4)
        self._cuts: dict[str, tuple[CutState, npt.NDArray[np.void], dict[UnitRef, LatentUnit]]] = {}

    def work(self, ref: UnitRef) -> Mapping[str, int]:
        """Encode and commit one unit.

        Raises:
            DamageError: its shard is not the one that was cut from.
        """
        if ref.source not in self._cuts:
            state = load_cut(self._store, ref.source)
            samples = map_index(self._store, state, "train")
            self._cuts[ref.source] = state, samples, {unit.ref: unit for unit in latent_units(state, samples)}
        state, samples, units = self._cuts[ref.source]
        shard, unit = state.shards[ref.number], units[ref]
        try:
            if not is_as_cut(self._store, shard):
                raise DamageError(f"{shard.name}: its digest is not the one that it was cut with")
        except FileNotFoundError as error:
            raise DamageError(f"{shard.name} is missing") from error
        records = self._records(shard.name, samples[unit.first : unit.stop])
        self._store.create(latent_file(self._kind, ref), to_file(unit.stop - unit.first, records))
        return {"encoded": unit.stop - unit.first}

    def _records(self, shard: str, samples: npt.NDArray[np.void]) -> bytes:
        """One after another. Batches depend on their order alone."""
        records = bytearray()
        coming = (self._threads.submit(self._prepare, shard, entry) for entry in samples)
        size = self._batch
        waiting = list(islice(coming, _AHEAD * size))
        while waiting:
            records += self._encoded([each.result() for each in waiting[:size]])
            waiting = [*waiting[size:], *islice(coming, size)]
        return bytes(records)

    def _prepare(self, shard: str, entry: Any) -> _Prepared:
        kind, start = self._kind, int(entry["source_offset"])
        data = self._store.read_range(shard, start, int(entry["json_offset"] + entry["json_size"]) - start)

        def member(role: str) -> bytes:
            at = int(entry[f"{role}_offset"]) - start
            return data[at : at + int(entry[f"{role}_size"])]

        words, pictures = member("json"), np.empty((2, kind.size, kind.size, 3), np.uint8)
        try:
            for role, out in zip(("source", "target"), pictures, strict=True):
                fill_square(decode_sample(member(role)), out)
            return _Prepared(pictures, kind.twins and read_sentences(words).may_mirror(), words)
        except (Refusal, msgspec.DecodeError) as error:  # whole, but never good
            raise DamageError(f"{shard}, sample at byte {start}: {error}") from error

    def _encoded(self, samples: list[_Prepared]) -> bytes:
        """The records of a batch."""
        plain = self._planes([sample.pictures for sample in samples])
        twins = iter(self._planes([sample.pictures[:, :, ::-1] for sample in samples if sample.mirrored]))
        nothing = bytes(2 * self._kind.numbers) if self._kind.twins else b""
        records = bytearray()
        for sample, planes in zip(samples, plain, strict=True):
            records += planes + (next(twins) if sample.mirrored else nothing) + sample.words
        return bytes(records)

    def _planes(self, pairs: list[Image]) -> list[bytes]:
        """Of each pair of pictures: mode of the source, mean and log-variance of the target."""
        if not pairs:
            return []
        found = posteriors(self._vae, np.concatenate(pairs))
        return [found[at, 0].tobytes() + found[at + 1].tobytes() for at in range(0, len(found), 2)]
