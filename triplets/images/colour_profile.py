"""Embedded ICC profiles: colours that are not sRGB's are brought there, so that equal numbers mean equal colours.

A camera's wide RGB and its export look alike in every viewer; without this their pair would teach an edit that nobody made.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image as Pillow
from PIL import ImageCms

from ieiw.triplets.records import Image

_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""Colour space of a profile -> Pillow's mode of pictures that it describes."""
_SAME = 3
"""Levels of 255 that a profile may lie from sRGB and still count as sRGB: the many that are called so differ by rounding."""

_BLACK = 64
"""Levels of 255 that a profile may lift black by, or lower white by; those of devices stay far below."""


def in_srgb(picture: Pillow.Image) -> Image:
    """Pixels (height, width, 3) of a loaded picture without transparency, as sRGB.

    A profile that is damaged, or of another colour space than the picture, counts as none; no profile is taken for sRGB.
    """
    if made := _transform(picture.info.get("icc_profile") or b"", picture.mode):
        picture = ImageCms.applyTransform(picture, made) or picture
    return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))


@lru_cache(maxsize=64)
def _transform(profile: bytes, mode: str) -> Any:
    """From a profile to sRGB, as browsers do it; None where there is nothing to do."""
    if not profile:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _MODES.get(source.profile.xcolor_space.strip()) != mode:
            return None
        made = ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return made if mode == "CMYK" or _moves_colours(made, mode) else None


def _moves_colours(transform: Any, mode: str) -> bool:
    """Whether a transform brings samples of its space elsewhere, and still white to white and black to black: others are broken."""
    levels = np.linspace(0, 255, 9).astype(np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    before = Pillow.fromarray(colours if mode == "RGB" else colours[..., 0])
    after = np.asarray(ImageCms.applyTransform(before, transform), np.int16)
    is_whole = after[0, 0].max() < _BLACK and after[0, -1].min() > 255 - _BLACK
    return bool(is_whole and np.abs(after - np.asarray(before.convert("RGB"), np.int16)).max() > _SAME)
