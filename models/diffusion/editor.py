"""Edit one picture with a trained model: the guidance that fits it, and the sizes it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ieiw.models.diffusion.checkpoints import checkpoints
from ieiw.models.diffusion.components import load_parts
from ieiw.models.diffusion.conditioning import SCHEMES, Scheme
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode, resize_short
from ieiw.triplets.records import Image
from ieiw.triplets.rejects import Refusal


@dataclass(frozen=True, slots=True)
class EditSettings:
    """Of the sampling.

    Attributes:
        steps: of denoising.
        seed: of the noise.
        guidance: scale towards the instruction; None takes what the authors of the model's scheme edit with.
        image_guidance: scale towards the picture; None likewise.
        short_side: in pixels; None takes the size that the model was trained on.
    """

    steps: int = 50
    seed: int = 0
    guidance: float | None = None
    image_guidance: float | None = None
    short_side: int | None = None


class Editor:
    """A model ready to edit.

    Args:
        model: folder in diffusers' layout (a checkpoint, or a run, whose latest checkpoint is taken), or a single file.
        scheme: which conditions the model learned to do without, where it does not tell itself.
        say: told where nobody tells, and the guidance may be the wrong one.

    Raises:
        UsageError: no such model, or it was trained by another scheme.
    """

    def __init__(self, model: Path, say: Callable[[str], None], scheme: Scheme | None = None) -> None:
        self.folder = [model, *checkpoints(model / "checkpoints")][-1]
        parts = load_parts(str(self.folder))
        if scheme and parts.scheme and scheme != parts.scheme:
            raise UsageError(
                f"{self.folder}: was trained with dropout {parts.scheme}, not {scheme}. Leave --dropout out"
            )
        parts.scheme = parts.scheme or scheme
        if not parts.scheme:
            parts.scheme = "instructpix2pix"
            say(
                f"warning: {self.folder} does not tell which conditions it was trained without; InstructPix2Pix's guidance is "
                "taken. Of a model of InstructDiffusion's, say --dropout instructdiffusion"
            )
        self._scheme = parts.scheme
        self._pipeline: Any = parts.pipeline()
        self._pipeline.to("cuda" if torch.cuda.is_available() else "cpu")
        self._pipeline.set_progress_bar_config(disable=True)

    def edit(self, picture: Image, instruction: str, settings: EditSettings) -> Image:
        """The edited picture, (height, width, 3) bytes; sides are multiples of eight.

        Raises:
            UsageError: a scale is below what the model's guidance knows.
        """
        import cv2
        from PIL import Image as Pillow

        guidance, image_guidance = self._scales(settings)
        trained_on = self._pipeline.unet.config.sample_size * self._pipeline.vae_scale_factor
        small = resize_short(picture, settings.short_side or trained_on)
        height, width = (max(8, round(side / 8) * 8) for side in small.shape[:2])
        if (height, width) != small.shape[:2]:
            small = cv2.resize(small, (width, height), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        result = self._pipeline(
            instruction,
            image=Pillow.fromarray(small),
            num_inference_steps=settings.steps,
            guidance_scale=guidance,
            image_guidance_scale=image_guidance,
            generator=torch.Generator().manual_seed(settings.seed),
            output_type="np",
        ).images[0]
        edited: Image = np.round(result * 255).astype(np.uint8)
        return edited

    def _scales(self, settings: EditSettings) -> tuple[float, float]:
        known = SCHEMES[self._scheme]
        scales = (
            known.guidance if settings.guidance is None else settings.guidance,
            known.image_guidance if settings.image_guidance is None else settings.image_guidance,
        )
        if min(scales) < known.least:
            raise UsageError(
                f"guidance {scales[0]:g}, {scales[1]:g}: {self._scheme}'s scales are {known.least:g} or more"
            )
        return scales


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
