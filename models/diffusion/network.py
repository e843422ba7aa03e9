"""What decides a network, as the ``model`` block of a training file says it. Loads neither torch nor diffusers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from ieiw.triplets.settings.yaml_file import Strict


class Network(Strict):
    """The network.

    Attributes:
        start: folder of a diffusers pipeline to go on from (Stable Diffusion 1.5, InstructPix2Pix, a checkpoint of ours); without
            it, a small model of the same classes is made from scratch, around an exact autoencoder.
        channels: of the UNet's levels, from scratch only.
        text_width: of the text encoder, from scratch only.
        prediction: what the network predicts, from scratch only: the noise, the velocity, or the picture itself
            (``sample``), which gives calm pictures after the shortest training.
    """

    start: str | None = None
    channels: tuple[int, ...] = (32, 64, 64)
    text_width: int = Field(default=64, ge=16, multiple_of=16)
    prediction: Literal["epsilon", "v_prediction", "sample"] = "epsilon"

    @model_validator(mode="after")
    def _eights(self) -> Network:
        if len(self.channels) < 2 or any(count < 16 or count % 16 for count in self.channels):
            raise ValueError("channels: two or more multiples of 16 are needed")
        return self
