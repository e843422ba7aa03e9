"""The training loop. Everything random is a function of (seed, step), so a run that was killed goes on as if it had not been."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import UNet2DConditionModel
from diffusers.training_utils import EMAModel

from ieiw.models.diffusion.checkpoints import checkpoints
from ieiw.models.diffusion.components import Parts, load_parts, small_parts
from ieiw.train.checkpoint import load_state, save_checkpoint
from ieiw.train.config import Stage
from ieiw.train.data.augment import Changes
from ieiw.train.data.dataset import OpenCut, open_cut
from ieiw.train.data.loader import Batch, Loader
from ieiw.train.data.mixture import mixture, told
from ieiw.train.data.order import Plan
from ieiw.train.data.verify_shards import ShardWatch
from ieiw.train.objective import as_pictures, draw, encoded, generator_of, losses, text_states, without_conditions
from ieiw.train.progress import Progress
from ieiw.train.validation import fixed_samples, grid, validation_loss, write_grid
from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.store import open_store

Say = Callable[[str], None]
_MAY_CHANGE = {"steps", "out", "device", "reports"}
"""Settings that a resumed run may have other than the one it goes on from."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: steps done, the last checkpoint, and validation losses by step."""

    steps: int
    checkpoint: Path
    validation: dict[int, float]


def train(stage: Stage, say: Say) -> Outcome:
    """Train, from the latest checkpoint in ``stage.out`` if there is one.

    Raises:
        UsageError: a setting, the cut, a sample or a checkpoint is not as it must be; names what and the remedy.
    """
    out = Path(stage.out)
    device = _device(stage.device)
    torch.manual_seed(stage.seed)
    data = _Data.open(stage, device, say)
    found = checkpoints(out / "checkpoints")
    try:
        run = _resumed(stage, found[-1], device, say) if found else _started(stage, device, say)
        if run.loader_state:
            data.loader.load_state_dict(run.loader_state)
        return _loop(stage, run, data, say)
    finally:
        data.watch.close()
        data.loader.close()


@dataclass(slots=True)
class _Data:
    cut: OpenCut
    loader: Loader
    held_out: Batch | None
    watch: ShardWatch

    @classmethod
    def open(cls, stage: Stage, device: torch.device, say: Say) -> _Data:
        store = open_store(stage.data.build)
        cut = open_cut(store, stage.data.cut)
        held_out = None
        if cut.state.validation and stage.reports.validate_every:
            other = open_cut(store, stage.data.cut, "validation")
            held_out = fixed_samples(other, stage.reports.validation_samples, stage.data.size)
        weights = mixture(cut, stage.data.weights)
        say(told(cut, weights))
        numbered = {cut.state.sources.index(name): weight for name, weight in weights.items()}
        plan = Plan(stage.seed, stage.batch, numbered)
        watch = ShardWatch(cut)
        if watch.without:
            say(
                f"{watch.without:,} shards of {cut.where} carry no digest and are not checked: cut again to have them checked"
            )
        return cls(cut, _loader(stage, cut, plan, device), held_out, watch)


def _loader(stage: Stage, cut: OpenCut, plan: Plan, device: torch.device) -> Loader:
    changes = Changes(stage.data.size, stage.data.crop, stage.data.flip, redraw=stage.data.redraw)
    workers = stage.data.workers or len(os.sched_getaffinity(0))
    return Loader(cut, plan, changes, workers=workers, pinned=device.type == "cuda")


@dataclass(slots=True)
class _Run:
    """A model in training."""

    parts: Parts
    optimiser: torch.optim.Optimizer
    ema: Any
    step: int = 0
    loader_state: dict[str, Any] | None = None

    def state(self, stage: Stage, loader: Loader) -> dict[str, Any]:
        """All that goes on, as plain values and tensors."""
        return {
            "step": self.step,
            "stage": stage.model_dump_json(),
            "loader": loader.state_dict(),
            "unet": self.parts.unet.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "ema": self.ema.state_dict(),
        }

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """With the moving average for weights."""
        weights = list(self.parts.unet.parameters())
        self.ema.store(weights)
        self.ema.copy_to(weights)
        self.parts.unet.eval()
        try:
            yield
        finally:
            self.ema.restore(weights)
            self.parts.unet.train()


def _run(stage: Stage, parts: Parts, device: torch.device) -> _Run:
    for frozen in (parts.vae, parts.text):
        frozen.to(device).eval().requires_grad_(False)
    unet = parts.unet.to(device).train()
    settings = stage.optimiser
    optimiser = torch.optim.AdamW(unet.parameters(), lr=settings.rate, weight_decay=settings.weight_decay)
    ema = EMAModel(
        unet.parameters(), decay=settings.ema, model_cls=UNet2DConditionModel, model_config=dict(unet.config)
    )
    ema.to(device)
    return _Run(parts, optimiser, ema)


def _started(stage: Stage, device: torch.device, say: Say) -> _Run:
    if stage.model.start:
        say(f"starting from {stage.model.start}")
        return _run(stage, load_parts(stage.model.start), device)
    say("no model.start is set: a small model of Stable Diffusion's classes, from scratch")
    return _run(stage, small_parts(stage.model, stage.data.size), device)


def _resumed(stage: Stage, checkpoint: Path, device: torch.device, say: Say) -> _Run:
    """Go on from a checkpoint.

    Raises:
        UsageError: it belongs to other settings, or to another architecture.
    """
    state = load_state(checkpoint)
    _check_same(stage, Stage.model_validate_json(state["stage"]), checkpoint)
    run = _run(stage, load_parts(str(checkpoint)), device)
    try:
        run.parts.unet.load_state_dict(state["unet"])
        run.optimiser.load_state_dict(state["optimiser"])
        run.ema.load_state_dict(state["ema"])
    except (RuntimeError, ValueError, KeyError) as error:
        raise UsageError(
            f"{checkpoint}: weights of another architecture ({str(error)[:200]}). Choose another `out` to start anew"
        ) from error
    run.ema.to(device)
    run.step, run.loader_state = int(state["step"]), dict(state["loader"])
    say(f"going on from {checkpoint}, step {run.step}")
    return run


def _check_same(stage: Stage, before: Stage, checkpoint: Path) -> None:
    now, then = (value.model_dump(exclude=_MAY_CHANGE) for value in (stage, before))
    for settings in (now, then):
        del settings["data"]["workers"], settings["data"]["build"]
    for name, value in now.items():
        if value != then[name]:
            keys = [key for key in value if value[key] != then[name][key]] if isinstance(value, dict) else []
            field, was, new = (
                (f"{name}.{keys[0]}", then[name][keys[0]], value[keys[0]]) if keys else (name, then[name], value)
            )
            what = "is of another architecture" if name == "model" else "was trained with other settings"
            raise UsageError(
                f"{checkpoint} {what}: {field} was {was}, now it is {new}. Set it back, or choose another `out` to start anew"
            )


def _loop(stage: Stage, run: _Run, data: _Data, say: Say) -> Outcome:
    progress = Progress(Path(stage.out), stage.steps, run.step, stage.reports.log, say)
    if data.held_out is None and stage.reports.validate_every:
        say(f"{data.cut.where} has no validation side: no validation loss, no pictures")
    nothing = text_states(run.parts, [""])
    found: dict[int, float] = {}
    if run.step == 0:
        _validate(stage, run, data, progress, found)
    checkpoint = checkpoints(Path(stage.out) / "checkpoints")[-1:]
    while run.step < stage.steps:
        began = time.monotonic()
        batch = next(data.loader)
        data.watch.check()
        waited = time.monotonic() - began
        loss = _step(stage, run, batch, nothing)
        run.step += 1
        progress.step(run.step, loss, len(batch.instructions), waited)
        last = run.step == stage.steps
        if last or _due(run.step, stage.reports.validate_every):
            _validate(stage, run, data, progress, found)
        if last or _due(run.step, stage.reports.save_every):
            checkpoint = [_save(stage, run, data.loader)]
    progress.close()
    if data.watch.left:
        say(
            f"{data.watch.left:,} shards were not checked for damage before the run ended: ieiw lint {data.cut.store.location}"
        )
    return Outcome(run.step, checkpoint[0], found)


def _step(stage: Stage, run: _Run, batch: Batch, nothing: torch.Tensor) -> float:
    """One step of AdamW; returns the loss.

    Raises:
        UsageError: the loss is no number: training has diverged.
    """
    settings, parts = stage.optimiser, run.parts
    generator = generator_of(stage.seed, "step", run.step)
    device = nothing.device
    source, target = as_pictures(batch.source, device), as_pictures(batch.target, device)
    latents = encoded(parts, source, target, batch.instructions, generator)
    draws = draw(latents, parts.scheduler.config.num_train_timesteps, generator)
    latents = without_conditions(latents, draws.lost, stage.dropout, nothing)
    loss = losses(parts.unet, parts.scheduler, latents, draws).mean()
    value = float(loss.detach())
    if value != value or value == float("inf"):
        raise UsageError(f"step {run.step + 1}: the loss is {value}. Lower optimiser.rate (now {settings.rate})")
    for group in run.optimiser.param_groups:
        group["lr"] = settings.rate * min(1.0, (run.step + 1) / max(1, settings.warm_up))
    run.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    if settings.clip:
        torch.nn.utils.clip_grad_norm_(parts.unet.parameters(), settings.clip)
    run.optimiser.step()
    run.ema.step(parts.unet.parameters())
    return value


def _validate(stage: Stage, run: _Run, data: _Data, progress: Progress, found: dict[int, float]) -> None:
    if data.held_out is None:
        return
    reports = stage.reports
    with run.averaged():
        found[run.step] = validation_loss(run.parts, data.held_out, stage.seed)
        progress.validation(run.step, found[run.step])
        if reports.pictures and run.step:
            pictures = grid(run.parts, data.held_out, reports.pictures, reports.picture_steps, stage.seed)
            write_grid(pictures, Path(stage.out) / "pictures" / f"step-{run.step:08}.png")
            progress.picture(run.step, pictures)


def _save(stage: Stage, run: _Run, loader: Loader) -> Path:
    """The pipeline holds the moving average, which is what to edit with; the raw weights stand in the state."""
    state = run.state(stage, loader)
    state["unet"] = {name: weight.clone() for name, weight in state["unet"].items()}
    with run.averaged():
        folder = Path(stage.out) / "checkpoints"
        return save_checkpoint(folder, run.step, run.parts.pipeline(), state, stage.reports.keep)


def _due(step: int, every: int) -> bool:
    return every > 0 and step % every == 0


def _device(name: str) -> torch.device:
    if name == "cuda" and not torch.cuda.is_available():
        raise UsageError("device: cuda was asked for, and torch sees none. Set device: cpu, or auto")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")
