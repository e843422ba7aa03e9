"""Colourfulness."""

import numpy as np
import pytest

from ieiw.filters.scores.colourfulness import Colourfulness
from tests.support.score_pictures import picture


def test_its_value():
    assert Colourfulness().of_picture(picture()) == pytest.approx(86.128291, rel=1e-6)


def test_grey_has_none_and_one_colour_counts_by_its_mean():
    assert Colourfulness().of_picture(np.full((16, 16, 3), 90, np.uint8)) == 0
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 200
    assert Colourfulness().of_picture(red) == pytest.approx(0.3 * np.hypot(200, 100), rel=1e-6)
