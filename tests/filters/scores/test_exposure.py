"""Exposure."""

import numpy as np
import pytest

from ieiw.filters.scores.exposure import Exposure
from tests.support.score_pictures import picture


def test_its_value():
    assert Exposure().of_picture(picture()) == pytest.approx(0.95833333, rel=1e-6)


def test_the_ends_are_neither_black_nor_white():
    levels = np.array([3, 4, 251, 252], np.uint8).repeat(64).reshape(16, 16)
    assert Exposure().of_picture(np.dstack([levels] * 3)) == 0.5
