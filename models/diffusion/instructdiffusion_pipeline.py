"""InstructDiffusion's guidance for diffusers; lies in a model's folder as ``pipeline.py``, and needs nothing but diffusers.

``DiffusionPipeline.from_pretrained(folder, custom_pipeline=folder, trust_remote_code=True)``
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers import StableDiffusionInstructPix2PixPipeline


class InstructDiffusionPipeline(StableDiffusionInstructPix2PixPipeline):
    """The stock pipeline but for the guidance, ``(e_image + e_text) / 2 + s (e - e_image) + s_image (e - e_text)``.

    ``e_image`` sees the picture without the instruction, ``e_text`` the instruction without the picture; the stock pipeline has
    ``e_none`` in place of the latter, which sees neither, and reckons ``e_none + g (e - e_image) + g_image (e_image - e_none)``.
    With ``e_text`` for ``e_none``, ``g = s + s_image`` and ``g_image = 1/2 + s_image`` that is this formula.
    """

    @torch.no_grad()
    def __call__(
        self, *arguments: Any, guidance_scale: float = 5.0, image_guidance_scale: float = 1.25, **options: Any
    ) -> Any:
        """See the stock pipeline; the two scales are InstructDiffusion's, both 1/2 for none."""
        stock: Any = super()
        return stock.__call__(
            *arguments,
            guidance_scale=guidance_scale + image_guidance_scale,
            image_guidance_scale=0.5 + image_guidance_scale,
            **options,
        )

    @property
    def do_classifier_free_guidance(self) -> bool:
        """Always: the stock pipeline leaves it out at small scales, which mean something here."""
        return True

    def _encode_prompt(self, *arguments: Any, **options: Any) -> torch.Tensor:
        """(3 n, tokens, width): the instruction, none, and the instruction again, for the branch without a picture."""
        stock: Any = super()
        text, nothing, _ = stock._encode_prompt(*arguments, **options).chunk(3)
        return torch.cat([text, nothing, text])
