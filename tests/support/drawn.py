"""Pictures for tests of drawings."""

import cv2
import numpy as np

from ieiw.triplets.images.codec import decode, encode_jpeg

WIDTH, HEIGHT = 40, 30


def noise(seed=0):
    picture = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    picture.flags.writeable = False  # as the door gives them
    return picture


def changed(before, after):
    assert after.shape == before.shape and after.dtype == np.uint8
    return (before != after).any(axis=2)


def smooth(seed, low=0, high=256, cells=(6, 8), width=160, height=120):
    """Slow gradients between levels ``low`` and ``high``."""
    coarse = np.random.default_rng(seed).integers(low, high, (*cells, 3), np.uint8)
    return np.ascontiguousarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))


def through_jpeg(image, quality=95):
    return decode(encode_jpeg(image, quality).data).pixels
