"""Perceptual hash: 64 bits that stay alike when a picture is scaled or compressed again."""

from __future__ import annotations

import numpy as np

from ieiw.filters.scores._luminance import luminance
from ieiw.filters.scores.base import PictureHash
from ieiw.triplets.records import Image

_SIDE, _KEPT = 32, 8


class PerceptualHash(PictureHash):
    """Signs of the 8 x 8 lowest cosines of the 32 x 32 luminance, about their median (Zauner, "Implementation and benchmarking of
    perceptual image hash functions", 2010). Pictures of one scene differ in a few bits, other pictures in about 32.
    """

    name = "phash"

    def of_picture(self, picture: Image) -> int:
        """0..2^64 - 1."""
        import cv2

        small = cv2.resize(luminance(picture), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        low = cv2.dct(small)[:_KEPT, :_KEPT].ravel()
        bits = low > np.median(low[1:])  # the first is the mean brightness
        return int.from_bytes(np.packbits(bits).tobytes(), "big")
