"""Detail inside the hole."""

import numpy as np
import pytest

from ieiw.filters.scores.base import Pair
from ieiw.filters.scores.detail import DetailInside
from tests.support.score_pictures import pair


def test_its_value():
    assert DetailInside().of_pair(pair()) == pytest.approx(0.73101515, rel=1e-6)


def test_equal_texture_is_one_and_a_flat_fill_nearly_none():
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    hole = np.zeros((64, 64), bool)
    hole[20:44, 20:44] = True
    assert DetailInside().of_pair(Pair(picture, picture, hole)) == pytest.approx(1, abs=0.1)
    flat = np.where(hole[..., None], np.uint8(128), picture)
    for each in (Pair(picture, flat, hole), Pair(flat, picture, hole)):
        assert DetailInside().of_pair(each) < 0.05


@pytest.mark.parametrize("hole", [None, np.zeros((64, 64), bool), np.ones((64, 64), bool)])
def test_without_a_hole_or_a_band_it_is_undefined(hole):
    picture = np.zeros((64, 64, 3), np.uint8)
    assert np.isnan(DetailInside().of_pair(Pair(picture, picture, hole)))
