"""Places of crops: inside, distinct as long as there is room, spread."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ieiw.triplets.images.crop import crop_box

_SIDES = st.integers(1, 40)


@given(_SIDES, _SIDES, _SIDES, st.integers(0, 400), st.text(max_size=5))
def test_a_crop_lies_inside_and_is_as_large_as_can_be(width, height, side, turn, key):
    x, y, wide, high = crop_box((width, height), side, turn, key)
    assert (wide, high) == (min(side, width), min(side, height))
    assert 0 <= x <= width - wide
    assert 0 <= y <= height - high


@given(st.integers(8, 14), st.integers(8, 14), st.text(max_size=5))
def test_no_two_are_alike_until_every_place_was_used(width, height, key):
    places = (width - 7) * (height - 7)
    boxes = [crop_box((width, height), 8, turn, key) for turn in range(places)]
    assert len(set(boxes)) == places
    assert crop_box((width, height), 8, places, key) == boxes[0]


def test_crops_of_a_large_picture_keep_away_from_each_other():
    for key in map(str, range(20)):
        places = np.array([crop_box((1800, 1000), 256, turn, key)[:2] for turn in range(20)], float)
        apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + 1e9 * np.eye(20)
        assert apart.min() > 120  # of twenty drawn independently, the nearest two seldom are 70 apart


def test_other_pictures_are_cut_elsewhere():
    assert len({crop_box((1800, 1000), 256, 0, str(key)) for key in range(50)}) == 50
