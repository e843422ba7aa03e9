"""The training loop. Everything random is a function of (seed, step), so a run that was killed goes on as if it had not been."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import torch

from ieiw.models.diffusion.checkpoints import checkpoints
from ieiw.train.config import TrainConfig
from ieiw.train.data.augment import Augmentation
from ieiw.train.data.dataset import open_cut
from ieiw.train.data.loader import Batch, Loader
from ieiw.train.data.mixture import describe, mixture
from ieiw.train.data.order import SamplingConfig
from ieiw.train.data.verify_shards import ShardWatch
from ieiw.train.interruption import Interruption
from ieiw.train.objective import (
    as_pictures,
    cut_count,
    draw,
    encoded,
    generator_of,
    losses,
    text_states,
    without_conditions,
)
from ieiw.train.progress import Progress
from ieiw.train.training_state import TrainingState, open_state
from ieiw.train.validation import fixed_samples, grid, validation_loss, write_grid
from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.store import open_store

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: steps done, the last checkpoint, validation losses by step, and the signal that ended it or 0.

    ``cut``: instructions that were longer than the text encoder reads, since step 0.
    """

    steps: int
    checkpoint: Path
    validation: dict[int, float]
    signal: int = 0
    cut: int = 0


def train(config: TrainConfig, say: Say) -> Outcome:
    """Train, from the latest checkpoint in ``config.out`` if there is one; SIGTERM and Ctrl-C end it after a step, saved.

    Raises:
        OSError: the last checkpoint cannot be written. Where it is one on the way, that is said and training goes on.
        UsageError: a setting, the cut, a sample or a checkpoint is not as it must be, or the loss is no number.
    """
    settings, reports = config.optimiser, config.reports
    device = _device(config.device)
    torch.manual_seed(config.seed)
    loader, watch, held_out = _open_data(config, device, say)
    with closing(loader), closing(watch), Interruption() as interruption:
        state = open_state(config, device, say)
        if state.loader:
            loader.load_state_dict(state.loader)
        progress = Progress(Path(config.out), config.steps, state.step, reports.log, say)
        unet, scheduler = state.parts.unet, state.parts.scheduler
        no_text = text_states(state.parts, [""])
        if state.step == 0:
            _validate(config, state, held_out, progress)
        stopping = False
        while state.step < config.steps and not stopping:
            began = time.monotonic()
            batch = next(loader)
            watch.check()
            waited = time.monotonic() - began

            generator = generator_of(config.seed, "step", state.step)
            source, target = as_pictures(batch.source, device), as_pictures(batch.target, device)
            latents = encoded(state.parts, source, target, batch.instructions, generator)
            draws = draw(latents, scheduler.config.num_train_timesteps, generator)
            latents = without_conditions(latents, draws.lost, config.dropout, no_text)
            loss = losses(unet, scheduler, latents, draws).mean()
            value = loss.item()
            if not math.isfinite(value):
                raise UsageError(f"step {state.step + 1}: the loss is {value}. Lower optimiser.rate")

            for group in state.optimiser.param_groups:
                group["lr"] = settings.rate * min(1.0, (state.step + 1) / max(1, settings.warm_up))
            state.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            if settings.clip:
                torch.nn.utils.clip_grad_norm_(unet.parameters(), settings.clip)
            state.optimiser.step()
            state.ema.step(unet.parameters())
            state.step += 1

            cut = cut_count(state.parts.tokenizer, batch.instructions)
            progress.step(state.step, value, len(batch.instructions), waited, cut)
            if _due(state.step, reports.validate_every, config.steps):
                _validate(config, state, held_out, progress)
            stopping = _save(config, state, loader, interruption.signal, say)
        progress.close()
        if watch.left:
            say(f"{watch.left:,} shards were not checked for damage before the run ended")
    last = checkpoints(Path(config.out) / "checkpoints")[-1]
    return Outcome(state.step, last, progress.validations, interruption.signal if stopping else 0, progress.cut)


def _open_data(config: TrainConfig, device: torch.device, say: Say) -> tuple[Loader, ShardWatch, Batch | None]:
    """Batches of the cut, the check of its shards, and the held-out samples to validate on, if any."""
    data, reports = config.data, config.reports
    store = open_store(data.build)
    cut = open_cut(store, data.cut)
    held_out = None
    if cut.state.validation and reports.validate_every:
        held_out = fixed_samples(open_cut(store, data.cut, "validation"), reports.validation_samples, data.size)
    elif reports.validate_every:
        say(f"{cut.where} has no validation side: no validation loss, no pictures")
    weights = mixture(cut, data.weights)
    say(describe(cut, weights))
    numbered = {cut.state.sources.index(name): weight for name, weight in weights.items()}
    augmentation = Augmentation(data.size, data.crop, data.flip, redraw=data.redraw)
    workers = data.workers or len(os.sched_getaffinity(0))
    sampling = SamplingConfig(config.seed, config.batch, numbered)
    loader = Loader(cut, sampling, augmentation, workers=workers, pinned=device.type == "cuda")
    watch = ShardWatch(cut)
    if watch.without:
        say(f"{watch.without:,} shards of {cut.where} carry no digest and are not checked; a new cut would have them")
    return loader, watch, held_out


def _save(config: TrainConfig, state: TrainingState, loader: Loader, heard: int, say: Say) -> bool:
    """Write a checkpoint where one is due or a signal ends the run, which is returned.

    One on the way may fail, which is said: the next may find room again.
    """
    if heard or _due(state.step, config.reports.save_every, config.steps):
        try:
            state.save(config, loader)
        except OSError as error:
            if heard or state.step == config.steps:
                raise
            say(
                f"step {state.step}: {error.filename}: {error.strerror}. Training goes on; make room for the next checkpoint"
            )
    stops = bool(heard) and state.step < config.steps
    if stops:
        say(f"stopped by {signal.Signals(heard).name}; step {state.step} is saved, the same command goes on from it")
    return stops


def _validate(config: TrainConfig, state: TrainingState, held_out: Batch | None, progress: Progress) -> None:
    if held_out is None:
        return
    reports = config.reports
    with state.averaged():
        progress.validation(state.step, validation_loss(state.parts, held_out, config.seed))
        if reports.pictures and state.step:
            pictures = grid(state.parts, held_out, reports.pictures, reports.picture_steps, config.seed)
            write_grid(pictures, Path(config.out) / "pictures" / f"step-{state.step:08}.png")
            progress.picture(state.step, pictures)


def _due(step: int, every: int, last: int) -> bool:
    return step == last or (every > 0 and step % every == 0)


def _device(name: str) -> torch.device:
    if name == "cuda" and not torch.cuda.is_available():
        raise UsageError("device: cuda was asked for, and torch sees none. Set device: cpu, or auto")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")
