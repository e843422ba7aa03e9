"""Colours that are drawn show where they are painted, and look like their names."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.triplets.drawings.contrast import visible_on, visible_shares
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.drawings.region import draw


def lab(rgb):
    return cv2.cvtColor(np.float32([[rgb]]) / 255, cv2.COLOR_RGB2Lab)[0, 0]


@pytest.mark.parametrize("beneath", PALETTE.values(), ids=PALETTE)
@pytest.mark.parametrize("alpha", [0.5, 1.0])
def test_the_colour_beneath_is_never_chosen_and_paint_shows(beneath, alpha):
    image = np.full((20, 20, 3), beneath, np.uint8)
    mask = np.zeros((20, 20), bool)
    mask[5:15, 5:15] = True
    for seed in range(40):
        name = visible_on(image, mask, np.random.default_rng(seed), alpha=alpha)
        painted = draw(image, mask, PALETTE[name], alpha)[10, 10]
        assert np.linalg.norm(lab(painted) - lab(beneath)) >= 20 * alpha


def test_points_look_only_at_their_surroundings():
    image = np.full((60, 60, 3), 255, np.uint8)
    image[:, 30:] = 0
    names = {visible_on(image, [(10.0, 30.0)], np.random.default_rng(seed), radius=5) for seed in range(200)}
    assert "white" not in names
    assert "black" in names


def test_taken_colours_stay_taken_and_all_visible_ones_are_drawn():
    image = np.full((20, 20, 3), 128, np.uint8)
    where = np.ones((20, 20), bool)
    names = {visible_on(image, where, np.random.default_rng(seed), taken=("red", "blue")) for seed in range(300)}
    assert {"red", "blue", "gray"}.isdisjoint(names)
    assert {"yellow", "magenta", "cyan"} <= names


@pytest.mark.parametrize(
    ("beneath", "never", "also"),
    [
        ((10, 12, 20), "white", "yellow"),  # half of it on the night sky is gray
        ((235, 235, 240), "black", "blue"),  # so is half of black on a white wall
        ((250, 120, 0), "gray", "blue"),  # of gray on an orange, light brown
        ((8, 5, 2), "orange", "yellow"),  # brown
        ((15, 15, 15), "pink", "magenta"),  # mauve
        ((130, 180, 240), "brown", "green"),  # gray
    ],
)
def test_see_through_paint_looks_like_its_name(beneath, never, also):
    image = np.full((20, 20, 3), beneath, np.uint8)
    where = np.ones((20, 20), bool)
    drawn = [
        {visible_on(image, where, np.random.default_rng(seed), alpha=a) for seed in range(200)} for a in (0.5, 1.0)
    ]
    assert never not in drawn[0]
    assert also in drawn[0]
    assert never in drawn[1]


def test_white_is_drawn_where_it_still_looks_white():
    image = np.full((20, 20, 3), (100, 95, 90), np.uint8)
    where = np.ones((20, 20), bool)
    assert "white" in {visible_on(image, where, np.random.default_rng(seed), alpha=0.5) for seed in range(200)}


def test_where_no_colour_does_both_the_visible_one_that_is_most_like_its_name_is_taken():
    image = np.zeros((20, 20, 3), np.uint8)
    image[:9] = (60, 90, 200)
    only = {"white": (255, 255, 255), "orange": (255, 140, 0), "black": (0, 0, 0)}
    drawn = {
        visible_on(image, np.ones((20, 20), bool), np.random.default_rng(seed), alpha=0.5, colours=only)
        for seed in range(20)
    }
    assert drawn == {"orange"}  # on nine rows of twenty; on black it is brown, and white on both is not white


def test_where_no_colour_is_visible_the_one_that_moves_most_is_taken():
    image = np.zeros((20, 20, 3), np.uint8)
    image[:10] = 255
    only = {"white": (255, 255, 255), "black": (0, 0, 0), "gray": (90, 90, 90)}
    chosen = visible_on(image, np.ones((20, 20), bool), np.random.default_rng(0), alpha=0.5, colours=only)
    shares = visible_shares([image.reshape(-1, 3)], only, 0.5)[0]
    assert shares.max() < 0.95
    assert list(only).index(chosen) == shares.argmax()


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 900), st.integers(0, 255)), min_size=1, max_size=5), st.sampled_from([0.5, 1.0])
)
def test_places_are_judged_together_as_they_are_alone(sizes, alpha):
    dice = np.random.default_rng(0)
    places = [dice.integers(level // 2, level + 1, (count, 3)).astype(np.uint8) for count, level in sizes]
    together = visible_shares(places, PALETTE, alpha)
    alone = np.concatenate([visible_shares([place], PALETTE, alpha) for place in places])
    assert (together == alone).all()
    assert together.shape == (len(sizes), len(PALETTE))
    with pytest.raises(ValueError, match="without pixels"):
        visible_shares([*places, np.zeros((0, 3), np.uint8)], PALETTE)


def test_no_colour_left_and_wrong_mask_are_errors():
    image = np.zeros((4, 4, 3), np.uint8)
    dice = np.random.default_rng(0)
    with pytest.raises(ValueError, match="taken"):
        visible_on(image, [(1.0, 1.0)], dice, taken=PALETTE)
    with pytest.raises(ValueError, match="mask"):
        visible_on(image, np.ones((5, 4), bool), dice)
