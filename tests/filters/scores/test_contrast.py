"""Contrast."""

import numpy as np
import pytest

from ieiw.filters.scores.contrast import Contrast
from tests.support.score_pictures import picture


def test_its_value():
    assert Contrast().of_picture(picture()) == pytest.approx(0.13837703, rel=1e-6)


def test_black_and_white_by_halves_have_the_most():
    halves = np.zeros((16, 16, 3), np.uint8)
    assert Contrast().of_picture(halves) == 0
    halves[:8] = 255
    assert Contrast().of_picture(halves) == 0.5
