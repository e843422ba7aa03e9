"""A model in training: weights, optimiser, moving average and place in the data; made afresh, or as a checkpoint left it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ieiw.models.diffusion.checkpoints import checkpoints
from ieiw.models.diffusion.components import Parts, load_parts, small_parts
from ieiw.train.checkpoint import load_state, save_checkpoint
from ieiw.train.config import Optimiser, TrainConfig
from ieiw.train.data.loader import Loader
from ieiw.train.rates import rate_at
from ieiw.triplets.errors import UsageError

_MAY_CHANGE: Any = {
    **dict.fromkeys(("steps", "epochs", "out", "device", "reports"), True),
    "data": {"workers", "build"},
    "optimiser": {"accumulate"},
}
"""Settings that a resumed run may have other than the one it goes on from."""


@dataclass(slots=True)
class TrainingState:
    """All that a run goes on from.

    Attributes:
        parts: of the model; the UNet learns, the others are frozen.
        optimiser: of the UNet.
        ema: moving average of the UNet's weights, of diffusers' ``EMAModel``.
        step: steps done.
        loader: where the next batch lies; None at the start of the data.
    """

    parts: Parts
    optimiser: torch.optim.Optimizer
    ema: Any
    step: int = 0
    loader: dict[str, Any] | None = None

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

    def update(self, settings: Optimiser, steps: int) -> None:
        """Go a step along the gradients, and have the average follow.

        Args:
            settings: of the optimiser.
            steps: of the whole run.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(settings, self.step, steps)
        weights = list(self.parts.unet.parameters())
        if settings.clip:
            torch.nn.utils.clip_grad_norm_(weights, settings.clip)
        self.optimiser.step()
        self.ema.step(weights)
        self.step += 1

    def save(self, config: TrainConfig, loader: Loader) -> Path:
        """Write a checkpoint: its pipeline has the moving average, which is what to edit with; the raw weights lie beside it."""
        values = {
            "step": self.step,
            "stage": config.model_dump_json(),
            "loader": loader.state_dict(),
            "unet": {name: weight.clone() for name, weight in self.parts.unet.state_dict().items()},
            "optimiser": self.optimiser.state_dict(),
            "ema": self.ema.state_dict(),
        }
        with self.averaged():
            folder = Path(config.out) / "checkpoints"
            return save_checkpoint(folder, self.step, self.parts, values, config.reports.keep)


def open_parts(config: TrainConfig, say: Callable[[str], None]) -> Parts:
    """The model of the latest checkpoint in ``config.out``, of ``model.start``, or from scratch.

    Raises:
        UsageError: it cannot be read, or is of another architecture.
    """
    saved = checkpoints(Path(config.out) / "checkpoints")
    if saved:
        say(f"going on from {saved[-1]}, step {int(saved[-1].name.removeprefix('step-'))}")
        return load_parts(str(saved[-1]))
    if config.model.start:
        say(f"starting from {config.model.start}")
        return load_parts(config.model.start)
    say("no model.start is set: a small model of Stable Diffusion's classes, from scratch")
    return small_parts(config.model, config.data.size)


def open_state(config: TrainConfig, device: torch.device, say: Callable[[str], None]) -> TrainingState:
    """Go on from the latest checkpoint in ``config.out``, or start from ``model.start``, or from scratch.

    Raises:
        UsageError: the checkpoint is damaged, or belongs to other settings or to another architecture.
    """
    saved = checkpoints(Path(config.out) / "checkpoints")
    if saved:
        values = load_state(saved[-1])
        _check_same(config, _settings_of(values, saved[-1]), saved[-1])
    parts = open_parts(config, say)
    parts.scheme = config.dropout
    from diffusers import UNet2DConditionModel  # after models.diffusion, which lets it be imported
    from diffusers.training_utils import EMAModel

    for frozen in (parts.vae, parts.text):
        frozen.to(device).eval().requires_grad_(False)
    unet, settings = parts.unet.to(device).train(), config.optimiser
    optimiser = torch.optim.AdamW(unet.parameters(), lr=settings.rate, weight_decay=settings.weight_decay)
    ema = EMAModel(unet.parameters(), decay=config.ema, model_cls=UNet2DConditionModel, model_config=dict(unet.config))
    state = TrainingState(parts, optimiser, ema)
    if saved:
        try:
            unet.load_state_dict(values["unet"])
            optimiser.load_state_dict(values["optimiser"])
            ema.load_state_dict(values["ema"])
        except (RuntimeError, ValueError, KeyError) as error:
            raise UsageError(
                f"{saved[-1]}: weights of another architecture ({str(error)[:200]}). Choose another `out` to start afresh"
            ) from error
        state.step, state.loader = int(values["step"]), dict(values["loader"])
    ema.to(device)
    return state


def _settings_of(values: dict[str, Any], checkpoint: Path) -> TrainConfig:
    try:
        return TrainConfig.model_validate_json(values["stage"])
    except (KeyError, ValueError) as error:
        raise UsageError(
            f"{checkpoint}: of another version ({str(error)[:200]}). Choose another `out` to start afresh"
        ) from error


def _check_same(config: TrainConfig, before: TrainConfig, checkpoint: Path) -> None:
    now, then = (_by_field(settings.model_dump(exclude=_MAY_CHANGE)) for settings in (config, before))
    for field, value in now.items():
        if value != then[field]:
            what = "is of another architecture" if field.startswith("model.") else "was trained with other settings"
            raise UsageError(
                f"{checkpoint} {what}: {field} was {then[field]}, now it is {value}. Set it back, or choose another `out` "
                "to start afresh"
            )


def _by_field(settings: dict[str, Any]) -> dict[str, Any]:
    """Values by their whole names, such as ``optimiser.rate``."""
    fields = {}
    for name, value in settings.items():
        fields.update(
            {f"{name}.{key}": item for key, item in value.items()} if isinstance(value, dict) else {name: value}
        )
    return fields
