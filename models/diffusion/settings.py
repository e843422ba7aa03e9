"""Which network a latent diffusion starts from; checked without torch."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from ieiw.triplets.settings.yaml_file import Strict

_CHANNEL_STEP = 16


class Model(Strict):
    """The network.

    Attributes:
        start: what to go on from: folder of a diffusers pipeline (a checkpoint of ours), or the single file of Stable Diffusion
            1.5, InstructPix2Pix or InstructDiffusion; without it, a small model of the same classes is made from scratch, around
            an exact autoencoder.
        channels: of the UNet's levels, from scratch only.
        text_width: of the text encoder, from scratch only.
        prediction: what the network predicts, from scratch only: the noise, the velocity, or the picture itself
            (``sample``), which gives calm pictures after the shortest training.
    """

    start: str | None = None
    channels: tuple[int, ...] = (32, 64, 64)
    text_width: int = Field(default=64, ge=16, multiple_of=16)
    prediction: Literal["epsilon", "v_prediction", "sample"] = "epsilon"

    @field_validator("channels")
    @classmethod
    def _multiples(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if len(value) < 2 or any(count < _CHANNEL_STEP or count % _CHANNEL_STEP for count in value):
            raise ValueError(f"two or more multiples of {_CHANNEL_STEP} are needed")
        return value
