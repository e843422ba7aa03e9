"""Levels of patch-based completion, from coarse to fine."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.models.inpaint.patch_level import pyramid


@given(height=st.integers(33, 200), width=st.integers(33, 200), smallest=st.integers(16, 64))
@settings(max_examples=30, deadline=None)
def test_the_pyramid_halves_down_to_its_smallest_side_and_keeps_known_colours(height, width, smallest):
    picture = np.full((height, width, 3), 77, np.uint8)
    hole = np.zeros((height, width), bool)
    hole[5:20, 5:25] = True
    picture[hole] = 255
    levels = pyramid(picture, hole, smallest)
    assert (levels[-1].height, levels[-1].width) == (height, width)
    for coarse, fine in zip(levels, levels[1:], strict=False):
        assert coarse.hole.shape == ((fine.height + 1) // 2, (fine.width + 1) // 2)
        assert min(coarse.hole.shape) >= smallest
        assert (coarse.picture[~coarse.hole] == 77).all()
