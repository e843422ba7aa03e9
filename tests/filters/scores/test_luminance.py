"""What most scores look at."""

import numpy as np
import pytest

from ieiw.filters.scores._luminance import difference, luminance, relative_slope


def test_luma_weighs_the_channels_and_differences_are_of_the_worst_one():
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    assert luminance(colours).round().tolist() == [[76, 150, 29]]
    assert difference(colours, np.roll(colours, 1, axis=1)).tolist() == [[255, 255, 255]]


def test_a_slope_twice_as_steep_counts_nearly_twice():
    ramp = np.concatenate([np.arange(16) * 5, 75 + np.arange(16) * 10]).clip(0, 255).astype(np.uint8)
    picture = np.dstack([np.tile(ramp, (16, 1))] * 3)
    left, right = np.zeros((16, 32), bool), np.zeros((16, 32), bool)
    left[:, 2:14], right[:, 18:30] = True, True
    assert relative_slope(picture, right, left) == pytest.approx(21 / 11)  # a slope is taken over two pixels
