"""The inverse of pictures that answer by plain colours: one colour all over, or white on black."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ieiw.triplets.drawings.palette import PALETTE, Rgb, nearest
from ieiw.triplets.records import Image, Mask

_HALF = 128


def read_solid(target: Image, colours: Mapping[str, Rgb] = PALETTE) -> tuple[str, float]:
    """The colour of a plain picture.

    Args:
        target: decoded, (height, width, 3).
        colours: what it may be.

    Returns:
        The name of the colour nearest to the median pixel, and the share (0..1) of pixels within 32 levels of that median in
        every channel: near 1 for a plain picture.
    """
    pixels = target.reshape(-1, 3)
    middle = np.median(pixels, axis=0)
    plain = (np.abs(pixels.astype(np.float32) - middle.astype(np.float32)) <= 32).all(axis=1)
    return nearest(middle.tolist(), colours), float(plain.mean())


def read_white(target: Image) -> Mask:
    """Where a picture in black and white is white: mean of the channels 128 or more. Mask (height, width)."""
    return np.asarray(target.astype(np.uint16).sum(axis=2) >= 3 * _HALF, np.bool_)
