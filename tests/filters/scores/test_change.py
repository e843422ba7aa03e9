"""Change inside and outside the hole."""

import numpy as np
import pytest

from ieiw.filters.scores.base import Pair
from ieiw.filters.scores.change import ChangeInside, ChangeOutside
from tests.support.score_pictures import pair


def test_their_values():
    assert ChangeInside().of_pair(pair()) == pytest.approx(0.64166667, rel=1e-6)
    assert ChangeOutside().of_pair(pair()) == pytest.approx(0.13271605, rel=1e-6)


def test_by_hand():
    source = np.zeros((16, 16, 3), np.uint8)
    target = source.copy()
    target[:4, :4, 1], target[8:, :, 0] = 13, 12  # 13 levels are seen, 12 are not
    hole = np.zeros((16, 16), bool)
    hole[:8, :4] = True
    assert ChangeInside().of_pair(Pair(source, target, hole)) == 0.5
    assert ChangeOutside().of_pair(Pair(source, target, hole)) == 0
    assert ChangeOutside().of_pair(Pair(source, target, None)) == 16 / 256


@pytest.mark.parametrize("hole", [None, np.zeros((16, 16), bool)])
def test_without_a_hole_nothing_is_inside(hole):
    picture = np.zeros((16, 16, 3), np.uint8)
    assert np.isnan(ChangeInside().of_pair(Pair(picture, picture, hole)))
    assert ChangeOutside().of_pair(Pair(picture, picture, hole)) == 0
