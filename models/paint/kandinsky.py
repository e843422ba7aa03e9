"""Kandinsky 2.2 (Razzhigaev et al. 2023), a painter newer than the paper: its inpainting decoder listens to a picture alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.models.paint.on_diffusers import OnDiffusers, picture_pixels, reference_pixels
from ieiw.models.paint.parts import files_of, settings, weights_file, with_weights
from ieiw.models.protocols import ReferenceJob
from ieiw.models.torch_files import read_state
from ieiw.models.torchvision_operators import declare_operators_on_import
from ieiw.models.weights import Weights, digest_all
from ieiw.triplets.errors import UsageError

WEIGHTS = Weights(
    backend="kandinsky",
    role="paint",
    file="the folder with unet, movq and scheduler, and beside them image_encoder of kandinsky-2-2-prior,",
    site="https://huggingface.co/kandinsky-community/kandinsky-2-2-decoder-inpaint",
    variable="KANDINSKY_INPAINT",
    stand_in="blend",
)
_PARTS = ("unet", "movq", "image_encoder")


class Kandinsky(OnDiffusers):
    """Paints what has the reference's CLIP embedding into the hole. Code and weights: Apache-2.0.

    Where Paint-by-Example sees one vector of ViT-L/14, it sees one of ViT-bigG/14. No manifest of its files is known here: weights
    are held against the classes that their settings describe. Jobs are painted one by one, since the pipeline of diffusers
    keeps the surroundings of a batch's first picture in all of them.

    Args:
        weights: the folder; default: the variable ``KANDINSKY_INPAINT``.
        steps: of DDPM sampling, 1 to 1000.
        guidance: towards the reference; 1 is none.
        device: ``auto``, ``cpu`` or ``cuda``.

    Raises:
        UsageError: no weights there: names the files, where to get them, and the stand-in.
        ValueError: another option is out of bounds.
    """

    name = "kandinsky"
    cost = 20.0  # not measured; on a GPU
    weights = WEIGHTS

    def __init__(self, weights: str = "", *, steps: int = 50, guidance: float = 4.0, device: str = "auto") -> None:
        self._folder = WEIGHTS.find(weights, folder=True)
        super().__init__(steps, guidance, 1, device)

    @property
    def _digest(self) -> str:
        return digest_all(self._folder, files_of(self._folder, _PARTS, WEIGHTS))

    def _load(self) -> Any:
        declare_operators_on_import()
        import diffusers

        library: Any = diffusers
        scheduler = settings(self._folder / "scheduler" / "scheduler_config.json", WEIGHTS)
        return library.KandinskyV22InpaintPipeline(
            unet=self._part("unet", library.UNet2DConditionModel),
            movq=self._part("movq", library.VQModel),
            scheduler=library.DDPMScheduler.from_config(scheduler),
        )

    def _part(self, part: str, kind: Any) -> Any:
        config = settings(self._folder / part / "config.json", WEIGHTS)
        if part == "unet" and (config.get("in_channels"), config.get("addition_embed_type")) != (9, "image"):
            raise WEIGHTS.refused(
                self._folder / part, "not the decoder for inpainting, which takes 9 channels and an image"
            )
        return with_weights(kind, config, read_state(weights_file(self._folder / part, WEIGHTS)), part)

    @cached_property
    def _encoder(self) -> Any:
        """CLIP's image encoder, on the device, in the pipeline's numbers."""
        declare_operators_on_import()
        import transformers

        library: Any = transformers
        library.utils.logging.disable_progress_bar()  # it would break our own
        kind = library.CLIPVisionModelWithProjection
        try:
            encoder, report = kind.from_pretrained(
                str(self._folder / "image_encoder"), local_files_only=True, output_loading_info=True
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise WEIGHTS.refused(self._folder / "image_encoder", f"cannot be loaded ({str(error)[:300]})") from error
        if wrong := sorted(report["missing_keys"]):
            raise UsageError(f"{self._folder / 'image_encoder'}: {', '.join(wrong[:5])} are missing; download it again")
        return encoder.eval().to(self._pipeline.device, self._pipeline.unet.dtype)

    def _sample(self, jobs: Sequence[ReferenceJob], dice: list[Any]) -> npt.NDArray[np.float32]:
        import torch

        pictures, holes = picture_pixels(jobs)
        pipeline, encoder = self._pipeline, self._encoder
        seen = reference_pixels(jobs, encoder.config.image_size)
        both = torch.cat([torch.zeros_like(seen), seen]).to(encoder.device, encoder.dtype)
        nothing, embedded = encoder(both).image_embeds.chunk(2)
        height, width = pictures.shape[-2:]
        painted: npt.NDArray[np.float32] = pipeline(
            image_embeds=embedded,
            negative_image_embeds=nothing,
            image=pictures,
            mask_image=holes,
            height=height,
            width=width,
            num_inference_steps=self._steps,
            guidance_scale=self._guidance,
            generator=dice,
            output_type="np",
        ).images
        return painted
