"""Paint-by-Example (Yang et al., CVPR 2023), the paper's painter, by diffusers, from either form it was published in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.models.paint.on_diffusers import OnDiffusers, picture_pixels, reference_pixels
from ieiw.models.paint.parts import files_of
from ieiw.models.paint.pbe_parts import PARTS, WEIGHTS, load_pipeline
from ieiw.models.protocols import ReferenceJob
from ieiw.models.weights import digest, digest_all


class PaintByExample(OnDiffusers):
    """Paints the reference into the hole, which had better be a box or like one: with boxes it was trained.

    The weights' licence is CreativeML Open RAIL-M: uses that it forbids are forbidden with what it paints.

    Args:
        weights: the folder in diffusers' layout, or ``model.ckpt``; default: the variable ``PAINT_BY_EXAMPLE``.
        steps: of PNDM sampling, 1 to 1000.
        guidance: towards the reference; 1 is none.
        batch: jobs at once; by default 8 on CUDA and 1 on the CPU. Halved where memory does not hold them.
        device: ``auto``, ``cpu`` or ``cuda``.

    Raises:
        UsageError: no weights there: names the files, where to get them, and the stand-in.
        ValueError: another option is out of bounds.
    """

    name = "paint-by-example"
    cost = 20.0  # not measured; on a GPU
    weights = WEIGHTS

    def __init__(
        self, weights: str = "", *, steps: int = 50, guidance: float = 5.0, batch: int = 0, device: str = "auto"
    ) -> None:
        self._path = WEIGHTS.find(weights, folder=True)
        if (self._path / "model.ckpt").is_file() and not (self._path / "unet").is_dir():
            self._path /= "model.ckpt"
        super().__init__(steps, guidance, batch, device)

    @property
    def _digest(self) -> str:
        if self._path.is_file():
            return digest(self._path)
        return digest_all(self._path, files_of(self._path, PARTS, WEIGHTS))

    def _load(self) -> Any:
        return load_pipeline(self._path)

    def _sample(self, jobs: Sequence[ReferenceJob], dice: list[Any]) -> npt.NDArray[np.float32]:
        pictures, holes = picture_pixels(jobs)
        painted: npt.NDArray[np.float32] = self._pipeline(
            example_image=reference_pixels(jobs, self._pipeline.image_encoder.config.image_size),
            image=pictures,
            mask_image=holes,
            num_inference_steps=self._steps,
            guidance_scale=self._guidance,
            generator=dice,
            output_type="np",
        ).images
        return painted
