"""Seam."""

import numpy as np
import pytest

from ieiw.filters.scores.base import Pair
from ieiw.filters.scores.seam import Seam
from tests.support.score_pictures import pair


def test_its_value():
    assert Seam().of_pair(pair()) == pytest.approx(1.6017262, rel=1e-6)


def test_it_does_not_matter_which_picture_was_painted():
    one = pair()
    assert Seam().of_pair(Pair(one.target, one.source, one.hole)) == Seam().of_pair(one)


@pytest.mark.parametrize("hole", [None, np.zeros((32, 32), bool), np.ones((32, 32), bool)])
def test_without_an_edge_it_is_undefined(hole):
    picture = np.zeros((32, 32, 3), np.uint8)
    assert np.isnan(Seam().of_pair(Pair(picture, picture, hole)))
