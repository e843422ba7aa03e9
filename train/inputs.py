"""What a run reads: batches of its cut, the check of their shards, and the held-out samples to validate on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from ieiw.models.diffusion.posterior import latent_side, vae_digest
from ieiw.train.config import TrainConfig
from ieiw.train.data.augment import Augmentation
from ieiw.train.data.dataset import OpenCut, open_cut
from ieiw.train.data.kept_latents import KeptLatents, open_latents
from ieiw.train.data.loader import Batch, Loader
from ieiw.train.data.mixture import describe, mixture
from ieiw.train.data.order import SamplingConfig
from ieiw.train.data.verify_shards import ShardWatch
from ieiw.train.distributed import Group
from ieiw.train.validation import fixed_samples
from ieiw.triplets.layout.latents import LatentKind
from ieiw.triplets.storage.store import open_store


@dataclass(frozen=True, slots=True)
class Inputs:
    """Of one process.

    Attributes:
        loader: of this process's part of each batch.
        watch: compares shards with their digests beside the first steps; of the first process only.
        held_out: samples to validate on, of the first process only, if there are any.
    """

    loader: Loader
    watch: ShardWatch | None
    held_out: Batch | None


@contextmanager
def open_inputs(config: TrainConfig, group: Group, vae: Any, say: Callable[[str], None]) -> Iterator[Inputs]:
    """Open the cut, and close what reads it at the end. Latents, where they are wanted, must be those of ``vae``.

    Raises:
        UsageError: a setting or the cut is not as it must be.
    """
    data = config.data
    cut = open_cut(open_store(data.build), data.cut)
    held_out = _held_out(config, cut, say) if group.first else None
    augmentation = Augmentation(data.size, data.crop, data.flip, redraw=data.redraw)
    kept = kept_latents(config, cut, vae)
    workers = data.workers or len(os.sched_getaffinity(0))
    pinned = group.device.type == "cuda"
    with closing(Loader(cut, sampling(config, cut, say), augmentation, group.rank, workers, pinned, kept)) as loader:
        if not group.first:
            yield Inputs(loader, None, None)
            return
        with closing(ShardWatch(cut, kept)) as watch:
            if watch.without:
                say(
                    f"{watch.without:,} shards of {cut.where} carry no digest and are not checked; a new cut would have them"
                )
            yield Inputs(loader, watch, held_out)
            if watch.left:
                say(f"{watch.left:,} files were not checked for damage before the run ended")


def kept_latents(config: TrainConfig, cut: OpenCut, vae: Any) -> KeptLatents | None:
    """The latents that a run reads in place of pictures, if it does.

    Raises:
        UsageError: they are not there, or of another autoencoder or size.
    """
    data, model = config.data, config.model.start
    if not (data.latents and model):
        return None
    kind = LatentKind(vae_digest(vae), data.size, latent_side(vae, data.size), twins=data.flip > 0)
    return open_latents(cut, kind, model)


def sampling(config: TrainConfig, cut: OpenCut, say: Callable[[str], None]) -> SamplingConfig:
    """Seed, batch and weights of the run's order, said in words.

    Raises:
        UsageError: a weight is of a source that the cut has not.
    """
    weights = mixture(cut, config.data.weights)
    say(describe(cut, weights))
    numbered = {cut.state.sources.index(name): weight for name, weight in weights.items()}
    return SamplingConfig(config.seed, config.batch, numbered)


def _held_out(config: TrainConfig, cut: OpenCut, say: Callable[[str], None]) -> Batch | None:
    reports = config.reports
    if not reports.validate_every:
        return None
    if not cut.state.validation:
        say(f"{cut.where} has no validation side: no validation loss, no pictures")
        return None
    return fixed_samples(
        open_cut(cut.store, cut.state.name, "validation"), reports.validation_samples, config.data.size
    )
