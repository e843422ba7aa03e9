"""The training loop. Everything random is a function of (seed, step, slot), so a run that was killed goes on as if it had not been,
and any number of processes that share its batches see the same.
"""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from ieiw.models.diffusion.checkpoints import checkpoints
from ieiw.train.config import TrainConfig
from ieiw.train.data.loader import Batch, Loader
from ieiw.train.distributed import Group, joined
from ieiw.train.inputs import open_inputs
from ieiw.train.interruption import Interruption
from ieiw.train.objective import cut_count
from ieiw.train.progress import Progress
from ieiw.train.step import Step
from ieiw.train.training_state import TrainingState, open_state
from ieiw.train.validation import grid, validation_loss, write_grid
from ieiw.triplets.errors import UsageError

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: steps done, the last checkpoint, validation losses by step, and the signal that ended it or 0.

    ``cut``: instructions that were longer than the text encoder reads, since step 0. ``first``: whether this process reported.
    """

    steps: int
    checkpoint: Path
    validation: dict[int, float]
    signal: int = 0
    cut: int = 0
    first: bool = True


def train(config: TrainConfig, say: Say) -> Outcome:
    """Train, from the latest checkpoint in ``config.out`` if there is one; SIGTERM and Ctrl-C end it after a step, saved.

    Raises:
        OSError: the last checkpoint cannot be written. Where it is one on the way, that is said and training goes on.
        UsageError: a setting, the cut, a sample or a checkpoint is not as it must be, or the loss is no number.
    """
    with joined(config.device) as group:
        return _train(config, group, say if group.first else lambda line: None)


def _train(config: TrainConfig, group: Group, say: Say) -> Outcome:
    torch.manual_seed(config.seed)
    state = open_state(config, group.device, say)
    with open_inputs(config, group, state.parts.vae, say) as inputs, Interruption() as interruption:
        loader = inputs.loader
        steps = config.length(loader.order.batches_per_epoch)
        group.check_same((state.step, loader.state_dict()), "checkpoint or cut")
        if state.loader:
            loader.load_state_dict(state.loader)
        progress = Progress(Path(config.out), steps, state.step, config.reports.log, say) if group.first else None
        step = Step(config, state.parts, group)
        if progress and state.step == 0:
            _validate(config, state, inputs.held_out, progress)
        stopped = 0
        while state.step < steps and not stopped:
            began = time.monotonic()
            batch = next(loader)
            if inputs.watch:
                inputs.watch.check()
            waited = time.monotonic() - began

            state.optimiser.zero_grad(set_to_none=True)
            own = step.gradients(batch, state.step)
            loss, heard = group.sum_and_most(own, interruption.signal)
            if not math.isfinite(loss):
                raise UsageError(f"step {state.step + 1}: the loss is {loss}. Lower optimiser.rate")
            state.update(config.optimiser, steps)

            if progress:
                cut = cut_count(state.parts.tokenizer, batch.instructions)
                progress.step(state.step, loss, batch.whole, waited, cut)
                if _due(state.step, config.reports.validate_every, steps):
                    _validate(config, state, inputs.held_out, progress)
                _save(config, state, loader, steps, heard, say)
            stopped = heard if state.step < steps else 0
    group.wait()  # for the first to have saved: where one process ends, torchrun ends all
    last = checkpoints(Path(config.out) / "checkpoints")[-1]
    if not progress:
        return Outcome(state.step, last, {}, stopped, first=False)
    progress.close()
    if stopped:
        say(f"stopped by {signal.Signals(stopped).name}; step {state.step} is saved, the same command goes on from it")
    return Outcome(state.step, last, progress.validations, stopped, progress.cut)


def _save(config: TrainConfig, state: TrainingState, loader: Loader, steps: int, heard: int, say: Say) -> None:
    """Write a checkpoint where one is due or a signal ends the run.

    One on the way may fail, which is said: the next may find room again.
    """
    if heard or _due(state.step, config.reports.save_every, steps):
        try:
            state.save(config, loader)
        except OSError as error:
            if heard or state.step == steps:
                raise
            say(
                f"step {state.step}: {error.filename}: {error.strerror}. Training goes on; make room for the next checkpoint"
            )


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
