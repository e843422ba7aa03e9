"""STAGE.yaml: everything that decides a training run, checked before anything is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from ieiw.models.diffusion.conditioning import Scheme
from ieiw.models.diffusion.settings import Model
from ieiw.train.stages.alignment import ALIGNMENT
from ieiw.train.stages.tasks import TASKS
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
        latents: read what `ieiw latents` kept in place of pictures; needs ``crop: centre`` and ``redraw: false``, since what was
            kept does not vary from epoch to epoch.
        workers: processes that decode (threads for a build in an object store); by default one a core.
    """

    build: str
    cut: str
    weights: dict[str, float] = Field(default_factory=dict)
    size: int = Field(default=256, ge=16, le=2048, multiple_of=8)
    crop: Literal["random", "centre"] = "random"
    flip: float = Field(default=0.5, ge=0, le=1)
    redraw: bool = True
    latents: bool = False
    workers: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _finite(self) -> Data:
        wrong = [name for name, weight in self.weights.items() if not 0 <= weight <= 1000]
        if wrong:
            raise ValueError(f"weights.{wrong[0]}: a number from 0 to 1000 is needed")
        return self

    @model_validator(mode="after")
    def _kept_as_they_are(self) -> Data:
        if self.latents and (self.redraw or self.crop != "centre"):
            raise ValueError(
                "latents are of one picture, cut out once: points, masks and boxes cannot be drawn again, and no other part of the "
                "picture can be taken. Set redraw: false and crop: centre, or latents: false"
            )
        return self


class Optimiser(Strict):
    """AdamW, with InstructDiffusion's defaults but for ``clip`` (norm of the gradients): its code has 0, which clips nothing.

    Attributes:
        rate: of learning, at its height.
        schedule: of the rate after ``warm_up`` steps: ``constant``, or ``cosine``, down to nothing at the last step.
        warm_up: steps of a straight way up to ``rate``.
        weight_decay: of all weights.
        clip: norm of the gradients that is not exceeded; 0 does not clip.
        ema: decay of the moving average, which warms up; by default the stage's.
        accumulate: parts that a process works through one after another in a step, so that a large batch fits in memory.
    """

    rate: float = Field(default=1e-4, gt=0)
    schedule: Literal["constant", "cosine"] = "constant"
    warm_up: int = Field(default=0, ge=0)
    weight_decay: float = Field(default=0.01, ge=0)
    clip: float = Field(default=1.0, ge=0)
    ema: float | None = Field(default=None, ge=0, lt=1)
    accumulate: int = Field(default=1, ge=1)


class Loss(Strict):
    """Of a sample: the mean squared error of what the network predicts.

    Attributes:
        min_snr: weigh time steps by Min-SNR with this gamma (Hang et al. 2023; 5 is usual); None weighs all alike.
        offset_noise: share of noise that is one value a channel, for very bright and very dark pictures; 0 is none.
    """

    min_snr: float | None = Field(default=None, gt=0)
    offset_noise: float = Field(default=0.0, ge=0)


class Reports(Strict):
    """How often what is done, in steps; 0 never does it. ``pictures``: validation samples in the grid."""

    log: int = Field(default=10, ge=1)
    validate_every: int = Field(default=200, ge=0)
    save_every: int = Field(default=1000, ge=0)
    keep: int = Field(default=3, ge=1)
    validation_samples: int = Field(default=64, ge=1)
    pictures: int = Field(default=6, ge=0)
    picture_steps: int = Field(default=20, ge=1)


STAGES = {"tasks": TASKS, "alignment": ALIGNMENT}


class TrainConfig(Strict):
    """A training run.

    Attributes:
        stage: of the paper's: ``tasks`` or ``alignment``; gives what the file does not.
        seed: of everything.
        out: folder of the run.
        steps: length of the run.
        epochs: length in passes over the data, instead of ``steps``.
        batch: samples a step, of all processes together.
        device: ``auto``, ``cpu`` or ``cuda``.
        data: what to train on.
        model: what to start from.
        dropout: names the conditions that some samples lose, and so the guidance to edit with.
        loss: of a sample.
        optimiser: of the weights.
        reports: how often what is told and saved.
    """

    stage: Literal["tasks", "alignment"] = "tasks"
    seed: int = 0
    out: str
    steps: int | None = Field(default=None, ge=1)
    epochs: float | None = Field(default=None, gt=0)
    batch: int = Field(default=64, ge=1)
    device: Literal["auto", "cpu", "cuda"] = "auto"
    data: Data
    model: Model = Model()
    dropout: Scheme = "instructdiffusion"
    loss: Loss = Loss()
    optimiser: Optimiser = Optimiser()
    reports: Reports = Reports()

    @model_validator(mode="after")
    def _begun_and_ended(self) -> TrainConfig:
        if self.steps and self.epochs:
            raise ValueError("steps and epochs are both given; leave one of them out")
        if not (self.steps or self.epochs or STAGES[self.stage].epochs):
            raise ValueError(f"steps or epochs is required for stage {self.stage}; add one")
        if not (self.model.start or STAGES[self.stage].from_scratch):
            raise ValueError(
                f"model.start is required for stage {self.stage}, which goes on from a trained model; add it"
            )
        if self.data.latents and not self.model.start:
            raise ValueError("data.latents are of a model's autoencoder: model.start is required; add it")
        return self

    @property
    def ema(self) -> float:
        """Decay of the moving average."""
        return STAGES[self.stage].ema if self.optimiser.ema is None else self.optimiser.ema

    def length(self, steps_per_epoch: int) -> int:
        """Steps of the run, at least one."""
        epochs = self.epochs or STAGES[self.stage].epochs or 0
        return self.steps or max(1, round(epochs * steps_per_epoch))


def load_train_config(path: Path, changes: Sequence[str] = ()) -> TrainConfig:
    """Read a stage file and apply ``path=value`` changes, such as ``optimiser.rate=3e-4``.

    Raises:
        UsageError: names file, line, field and remedy.
    """
    return load_settings(TrainConfig, path, "stage file", changes=changes, example="optimiser.rate=3e-4")
