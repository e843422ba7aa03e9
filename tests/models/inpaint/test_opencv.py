"""OpenCV's inpainting: its radius, and pictures as thin as a line."""

import cv2
import numpy as np
import pytest

from ieiw.models.inpaint.opencv import spread
from tests.support.holes import disc, paint, stripes


@pytest.mark.parametrize("method", [cv2.INPAINT_NS, cv2.INPAINT_TELEA])
@pytest.mark.parametrize("size", [(1, 10), (1, 11), (11, 1)])
def test_a_picture_as_thin_as_a_line_is_painted_from_itself_alone(method, size):
    """OpenCV reads past the end of such a picture, so that what lies behind it in memory decides what is painted."""
    for seed in range(100):
        dice = np.random.default_rng(seed)
        picture, hole = dice.integers(0, 256, (*size, 3), np.uint8), dice.random(size) < 0.4
        painted = set()
        for _ in range(6):
            for length in dice.integers(10, 5000, 50):
                dice.integers(0, 256, length, np.uint8)  # leaves other bytes behind
            painted.add(spread(picture, hole, 3, method).tobytes())
        assert len(painted) == 1


def test_settings_change_pixels():
    picture, hole = cv2.GaussianBlur(stripes(), (0, 0), 2), disc()
    assert not np.array_equal(paint("telea", picture, hole, radius=2), paint("telea", picture, hole, radius=9))
