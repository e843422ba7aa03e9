"""STAGE.yaml: everything that decides a training run, checked before anything is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from ieiw.models.diffusion.conditioning import Scheme
from ieiw.models.diffusion.settings import Model
from ieiw.triplets.settings.yaml_file import Strict, load_settings


class Data(Strict):
    """What to train on.

    Attributes:
        build: folder or URL of a complete build.
        cut: name of a cut of it.
        weights: source -> passes over it in an epoch, 0 leaves it out; of a source that is not named, the ``weight`` that the
            build's recipe gives it, else 1.
        size: of the square pictures, in pixels.
        crop: which square part of a picture: ``random`` or ``centre``.
        flip: share of samples to mirror; never those whose instruction speaks of sides or of writing.
        redraw: draw points, masks and boxes again at every epoch, in other colours, from the samples' answers.
        workers: processes that decode (threads for a build in an object store); by default one a core.
    """

    build: str
    cut: str
    weights: dict[str, float] = Field(default_factory=dict)
    size: int = Field(default=256, ge=16, le=2048, multiple_of=8)
    crop: Literal["random", "centre"] = "random"
    flip: float = Field(default=0.5, ge=0, le=1)
    redraw: bool = True
    workers: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _finite(self) -> Data:
        wrong = [name for name, weight in self.weights.items() if not 0 <= weight <= 1000]
        if wrong:
            raise ValueError(f"weights.{wrong[0]}: a number from 0 to 1000 is needed")
        return self


class Optimiser(Strict):
    """AdamW, with InstructDiffusion's defaults but for ``clip`` (norm of the gradients): its code has 0, which clips nothing."""

    rate: float = Field(default=1e-4, gt=0)
    warm_up: int = Field(default=0, ge=0)
    weight_decay: float = Field(default=0.01, ge=0)
    clip: float = Field(default=1.0, ge=0)
    ema: float = Field(default=0.9999, ge=0, lt=1)


class Reports(Strict):
    """How often what is done, in steps; 0 never does it. ``pictures``: validation samples in the grid."""

    log: int = Field(default=10, ge=1)
    validate_every: int = Field(default=200, ge=0)
    save_every: int = Field(default=1000, ge=0)
    keep: int = Field(default=3, ge=1)
    validation_samples: int = Field(default=64, ge=1)
    pictures: int = Field(default=6, ge=0)
    picture_steps: int = Field(default=20, ge=1)


class TrainConfig(Strict):
    """A training run.

    ``batch`` counts samples a step; ``dropout`` names the conditions that some of them lose, and so the guidance to edit with.
    """

    seed: int = 0
    out: str
    steps: int = Field(ge=1)
    batch: int = Field(default=64, ge=1)
    device: Literal["auto", "cpu", "cuda"] = "auto"
    data: Data
    model: Model = Model()
    dropout: Scheme = "instructdiffusion"
    optimiser: Optimiser = Optimiser()
    reports: Reports = Reports()


def load_train_config(path: Path, changes: Sequence[str] = ()) -> TrainConfig:
    """Read a stage file and apply ``path=value`` changes, such as ``optimiser.rate=3e-4``.

    Raises:
        UsageError: names file, line, field and remedy.
    """
    return load_settings(TrainConfig, path, "stage file", changes=changes, example="optimiser.rate=3e-4")
