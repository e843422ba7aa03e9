"""Edit one picture with a trained model: the stock InstructPix2Pix pipeline, and the sizes it needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ieiw.models.diffusion.checkpoints import checkpoints
from ieiw.models.diffusion.components import load_parts
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode, resize_short
from ieiw.triplets.records import Image
from ieiw.triplets.rejects import Refusal


@dataclass(frozen=True, slots=True)
class EditSettings:
    """Of the sampling: ``guidance`` towards the instruction and ``image_guidance`` towards the picture are InstructPix2Pix's.

    ``short_side`` in pixels; None takes the size that the model was trained on.
    """

    steps: int = 50
    seed: int = 0
    guidance: float = 7.5
    image_guidance: float = 1.5
    short_side: int | None = None


class Editor:
    """A model ready to edit.

    Args:
        model: folder in diffusers' layout: a checkpoint, or a run, whose latest checkpoint is taken.
    """

    def __init__(self, model: Path) -> None:
        self.folder = [model, *checkpoints(model / "checkpoints")][-1]
        self._pipeline: Any = load_parts(str(self.folder)).pipeline()
        self._pipeline.to("cuda" if torch.cuda.is_available() else "cpu")
        self._pipeline.set_progress_bar_config(disable=True)

    def edit(self, picture: Image, instruction: str, settings: EditSettings) -> Image:
        """The edited picture, (height, width, 3) bytes; sides are multiples of eight."""
        import cv2
        from PIL import Image as Pillow

        trained_on = self._pipeline.unet.config.sample_size * self._pipeline.vae_scale_factor
        small = resize_short(picture, settings.short_side or trained_on)
        height, width = (max(8, round(side / 8) * 8) for side in small.shape[:2])
        if (height, width) != small.shape[:2]:
            small = cv2.resize(small, (width, height), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        result = self._pipeline(
            instruction,
            image=Pillow.fromarray(small),
            num_inference_steps=settings.steps,
            guidance_scale=settings.guidance,
            image_guidance_scale=settings.image_guidance,
            generator=torch.Generator().manual_seed(settings.seed),
            output_type="np",
        ).images[0]
        edited: Image = np.round(result * 255).astype(np.uint8)
        return edited


def read_picture(file: Path) -> Image:
    """A picture of any common format.

    Raises:
        UsageError: it cannot be read; says why.
    """
    try:
        return decode(file.read_bytes()).pixels
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror}). Give the path of a picture") from error
    except Refusal as error:
        raise UsageError(f"{file}: {error}. Give a JPEG, PNG, WebP, BMP, TIFF or GIF picture") from error
