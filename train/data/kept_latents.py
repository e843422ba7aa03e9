"""Latents that were kept (``ieiw latents``) in place of pictures: the same samples in the same order, nothing to decode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from ieiw.train.data.augment import Augmentation, Dice, flips, sentence
from ieiw.train.data.blocks import Samples
from ieiw.train.data.dataset import OpenCut
from ieiw.train.data.pool.pool import SLOTS, DecodePool, Threads
from ieiw.train.data.pool.shared_memory import Layout
from ieiw.train.data.shard_reader import Range, Reader
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.latents import (
    LatentKind,
    LatentUnit,
    file_size,
    folder_of,
    latent_entries,
    latent_file,
    latent_units,
    read_header,
)
from ieiw.triplets.layout.sentences import read_sentences

Planes = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class KeptLatents:
    """Of a cut, all there.

    Attributes:
        kind: of which autoencoder, at which size.
        files: their names.
        entries: (rows,) where the latents of each row of the cut's index lie.
    """

    kind: LatentKind
    files: tuple[str, ...]
    entries: Samples


def open_latents(cut: OpenCut, kind: LatentKind, model: str) -> KeptLatents:
    """The latents of a cut. Those with twins do where none are needed.

    Args:
        cut: its train side.
        kind: of the model in training.
        model: that ``ieiw latents`` would take, for the message.

    Raises:
        UsageError: some are missing: they are of another autoencoder or size, or the cut has changed since; or one is damaged.
    """
    units = latent_units(cut.state, cut.samples)
    folder = folder_of(cut.state.name)
    found = {f"{folder}/{name}": size for name, size in cut.store.sizes(folder).items()}
    kinds = [kind] if kind.twins else [kind, LatentKind(kind.vae, kind.size, kind.side, twins=True)]
    for each in kinds:
        if all(latent_file(each, unit.ref) in found for unit in units):
            kept = KeptLatents(
                each, tuple(latent_file(each, unit.ref) for unit in units), latent_entries(each, units, cut.samples)
            )
            _check(cut, kept, units, found)
            return kept
    raise _missing(cut, kind, units, found, model)


def _check(cut: OpenCut, kept: KeptLatents, units: Sequence[LatentUnit], found: dict[str, int]) -> None:
    for name, unit in zip(kept.files, units, strict=True):
        if found[name] == file_size(kept.entries, unit):
            continue
        where = f"{cut.store.location}/{name}"
        try:
            aside = read_header(cut.store, name).set_aside
        except msgspec.DecodeError:
            aside = ""
        what = aside or f"has {found[name]:,} bytes, not {file_size(kept.entries, unit):,}"
        raise UsageError(f"{where}: {what}. Remove it and make the latents again, or train without: data.latents=false")


def _missing(
    cut: OpenCut, kind: LatentKind, units: Sequence[LatentUnit], found: dict[str, int], model: str
) -> UsageError:
    lacking = sum(latent_file(kind, unit.ref) not in found for unit in units)
    others = sorted({name.rpartition("/")[2].rpartition("-")[0] for name in found} - {kind.name})
    told = (
        f"; there are others, by the first digits of the autoencoder and the size: {', '.join(others)}"
        if others
        else ""
    )
    if any(name.rpartition("/")[2].startswith(f"{kind.name}-") for name in found):
        told = "; the cut has changed since some were made, or they are not all made yet"
    return UsageError(
        f"{cut.where}: no latents {kind.name} of {lacking:,} of its {len(units):,} shards{told}. Make them",
        Step(
            "latents",
            f"{cut.store.location}/cuts/{cut.state.name}",
            {"model": model, "size": str(kind.size), "twins": kind.twins},
        ),
    )


class LatentDecoder:
    """Reads latents and draws sentences, as :class:`~ieiw.train.data.sample_decoder.SampleDecoder` does pictures.

    Args:
        kept: what to read.
        reader: of its files.
        augmentation: what varies; its crop is the middle.
        where: the build, for messages.
    """

    def __init__(self, kept: KeptLatents, reader: Reader, augmentation: Augmentation, where: str) -> None:
        self._kept, self._reader, self._augmentation, self._where = kept, reader, augmentation, where

    def fill(self, samples: Samples, dice: npt.NDArray[np.float64], source: Planes, target: Planes) -> list[str]:
        """Fill the latents of several samples and return their instructions.

        Args:
            samples: (n,) entries of the latents.
            dice: (n, :data:`ieiw.train.data.augment.DICE`) numbers in [0, 1).
            source: (n, 4, side, side) of the batch, written to: the mode.
            target: (n, 2, 4, side, side) of the batch, written to: mean and log-variance.

        Raises:
            UsageError: a record is damaged; names its file.
        """
        listed = zip(samples.tolist(), dice.tolist(), source, target, strict=True)
        return [self._read(entry, Dice(*drawn), before, after) for entry, drawn, before, after in listed]

    def _read(self, entry: tuple[int, int, int, int], dice: Dice, source: Planes, target: Planes) -> str:
        file, start, json_at, json_size = entry
        kind = self._kept.kind
        data = self._reader.read(Range(file, start, json_at + json_size))
        try:
            words = read_sentences(data[json_at - start :])
        except msgspec.DecodeError as error:
            where = f"{self._where}/{self._kept.files[file]}, byte {start}"
            raise UsageError(f"{where}: damaged ({error}). Remove the file and make the latents again") from error
        text = sentence(words.instruction, words.alternatives, self._augmentation, dice)
        mirror = flips(text, self._augmentation, dice)
        planes = np.frombuffer(data, np.float16, kind.numbers, 2 * kind.numbers if mirror else 0)
        planes = planes.reshape(3, *kind.shape)
        source[...], target[...] = planes[0], planes[1:]
        return text


def latent_pool(
    cut: OpenCut,
    kept: KeptLatents,
    reader: Reader,
    augmentation: Augmentation,
    count: int,
    workers: int,
    pinned: bool,
) -> DecodePool:
    """Threads: to copy latents is no work for a process.

    Args:
        cut: whose they are.
        kept: what to read.
        reader: of their files.
        augmentation: what varies.
        count: samples in a batch, at most.
        workers: threads.
        pinned: hand out page-locked memory.
    """
    source, target = (np.dtype((np.float16, shape)) for shape in (kept.kind.shape, (2, *kept.kind.shape)))
    layout = Layout(SLOTS, count, source, target, kept.entries.dtype)
    return Threads(LatentDecoder(kept, reader, augmentation, cut.store.location), layout, workers, pinned)
