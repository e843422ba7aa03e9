"""The door for masks that are drawn by rubbing out: the region is what the picture lets see through."""

from __future__ import annotations

import numpy as np
from PIL import Image as Pillow

from ieiw.triplets.images.codec import DEFAULT_LIMITS, PictureLimits, decode_plane
from ieiw.triplets.records import Mask


def decode_clear_mask(data: bytes, limits: PictureLimits = DEFAULT_LIMITS) -> Mask:
    """Decode a picture whose see-through pixels are the mask, as MagicBrush's; true where less than half is opaque.

    Raises:
        Refusal: ``mask_unreadable``: damaged, too large, or without transparency.
    """

    def clear(picture: Pillow.Image) -> Mask:
        picture.load()
        if "A" not in picture.getbands() and "transparency" not in picture.info:
            raise ValueError("nothing in it is see-through")
        return np.asarray(picture.convert("RGBA").getchannel("A")) < 128

    return decode_plane(data, limits, clear)
