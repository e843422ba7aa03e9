"""What sheets and pictures share."""

import numpy as np

from ieiw.apps.drawing import difference


def test_the_difference_is_amplified_and_cut():
    dark, light = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 10, np.uint8)
    assert (difference(dark, light) == 40).all()
    assert (difference(light, dark) == 40).all()
    assert (difference(dark, light + 200) == 255).all()
