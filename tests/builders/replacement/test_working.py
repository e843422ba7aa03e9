"""The painter's square and the way back: outside the hole not one pixel changes, inside it is what was painted."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.builders.replacement.working import PaintRules, Window, grown, hole_of, seam
from ieiw.triplets.rejects import Reason, Refusal

SIDES = st.integers(24, 90)


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def box_mask(height, width, box):
    mask = np.zeros((height, width), np.bool_)
    x, y, w, h = box
    mask[y : y + h, x : x + w] = True
    return mask


@st.composite
def holes(draw):
    height, width = draw(SIDES), draw(SIDES)
    w, h = draw(st.integers(1, width)), draw(st.integers(1, height))
    x, y = draw(st.integers(0, width - w)), draw(st.integers(0, height - h))
    return noise(height, width), box_mask(height, width, (x, y, w, h))


@given(holes(), st.floats(1, 8), st.sampled_from([None, 16, 64, 100]), st.floats(0, 8))
def test_outside_the_hole_no_pixel_changes(both, context, side, feather):
    picture, hole = both
    window = Window.around(hole, context)
    square = window.cut(picture, side)
    assert square.shape == ((side or window.side),) * 2 + (3,)
    result = window.put_back(picture, 255 - square, hole, feather)
    assert np.array_equal(result[~hole], picture[~hole])


@given(holes(), st.floats(1, 8))
def test_what_is_cut_and_put_back_unchanged_changes_nothing(both, context):
    picture, hole = both
    window = Window.around(hole, context)
    assert np.array_equal(window.put_back(picture, window.cut(picture, None), hole, 3), picture)


@given(holes(), st.floats(1, 8))
def test_the_window_holds_the_whole_hole(both, context):
    _, hole = both
    window = Window.around(hole, context)
    assert np.count_nonzero(window.cut_mask(hole, None)) == np.count_nonzero(hole)


def test_a_window_keeps_within_the_picture_where_it_fits():
    hole = box_mask(60, 100, (0, 0, 10, 10))
    window = Window.around(hole, 3)
    assert (window.x, window.y, window.side) == (0, 0, 30)


def test_beyond_the_border_the_picture_is_mirrored():
    hole = box_mask(20, 60, (5, 0, 50, 20))
    window = Window.around(hole, 1)
    assert window.side == 50
    picture = noise(20, 60)
    square = window.cut(picture, None)
    top = -window.y
    assert np.array_equal(square[top : top + 20], picture[:, window.x : window.x + 50])
    assert np.array_equal(square[top - 1], picture[1, window.x : window.x + 50])


def test_the_seam_is_within_the_hole_and_absent_at_the_border():
    hole = box_mask(40, 40, (0, 10, 20, 20))
    weights = seam(hole, 3)
    assert weights[~hole].max() == 0
    assert weights[20, 0] == 1  # the picture ends there, the hole does not
    assert 0 < weights[20, 19] < weights[20, 17] <= 1


def test_deep_in_the_hole_stands_what_was_painted():
    picture, hole = noise(64, 64), box_mask(64, 64, (16, 16, 32, 32))
    window = Window.around(hole, 1.5)
    painted = np.full((window.side, window.side, 3), 77, np.uint8)
    result = window.put_back(picture, painted, hole, 3)
    assert np.all(result[24:40, 24:40] == 77)


def test_a_hole_grows_and_may_be_a_box():
    region = np.zeros((100, 100), np.uint8)
    cv2.circle(region, (50, 50), 20, 1, -1)
    region = region.astype(np.bool_)
    gone = grown(region, PaintRules())
    assert not (region & ~gone).any()
    box = hole_of(gone, PaintRules(), as_box=True)
    x, y, w, h = cv2.boundingRect(gone.view(np.uint8))
    assert np.count_nonzero(box) == w * h > np.count_nonzero(gone) > np.count_nonzero(region)
    assert np.array_equal(hole_of(gone, PaintRules(), as_box=False), gone)


def test_a_hole_that_leaves_too_little_is_refused():
    with pytest.raises(Refusal) as refused:
        hole_of(np.ones((50, 50), np.bool_), PaintRules(), as_box=False)
    assert refused.value.reason is Reason.REGION_TOO_LARGE
