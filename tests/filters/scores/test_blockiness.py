"""Blockiness."""

import numpy as np
import pytest

from ieiw.filters.scores.blockiness import Blockiness
from tests.support.score_pictures import picture


def test_its_value():
    assert Blockiness().of_picture(picture()) == pytest.approx(7.2021906, rel=1e-6)


def test_a_flat_picture_has_no_blocks_and_a_grid_has_at_any_offset():
    flat = np.full((64, 64, 3), 90, np.uint8)
    assert Blockiness().of_picture(flat) == 1
    steps = flat + (np.arange(64) // 8 % 2 * 20).astype(np.uint8)[None, :, None]
    assert Blockiness().of_picture(steps) == Blockiness().of_picture(np.roll(steps, 3, axis=1)) > 10
