"""Noise."""

import numpy as np
import pytest

from ieiw.filters.scores.noise import Noise
from tests.support.score_pictures import picture


def test_its_value():
    assert Noise().of_picture(picture()) == pytest.approx(2.2357297, rel=1e-6)


def test_a_plane_has_none_and_white_noise_about_its_deviation():
    plane = np.dstack([np.arange(128, dtype=np.uint8)[None].repeat(128, 0)] * 3)
    assert Noise().of_picture(plane) == pytest.approx(0, abs=1e-3)
    white = np.random.default_rng(0).normal(128, 8, (256, 256)).round().astype(np.uint8)
    assert Noise().of_picture(np.dstack([white] * 3)) == pytest.approx(8, rel=0.2)
