"""Colours: apart from each other, named again, and visible where they are used."""

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triplets.drawing import shade_region
from triplets.palette import PALETTE, PALETTES, nearest, palette, visible_on
from triplets.reasons import UsageError


def lab(rgb):
    return cv2.cvtColor(np.float32([[rgb]]) / 255, cv2.COLOR_RGB2Lab)[0, 0]


def test_any_two_colours_are_far_apart():
    assert len(PALETTE) >= 12
    for one, other in itertools.combinations(PALETTE.values(), 2):
        assert np.linalg.norm(lab(one) - lab(other)) >= 40, (one, other)


@pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)
@given(noise=st.tuples(*[st.integers(-12, 12)] * 3), pick=st.integers(0, 1000))
def test_a_colour_with_a_little_noise_keeps_its_name(colours, noise, pick):
    name = list(colours)[pick % len(colours)]
    seen = np.clip(np.array(colours[name]) + noise, 0, 255)
    assert nearest(seen, colours) == name


@pytest.mark.parametrize("beneath", PALETTE.values(), ids=PALETTE)
@pytest.mark.parametrize("alpha", [0.5, 1.0])
def test_the_colour_beneath_is_never_chosen_and_paint_shows(beneath, alpha):
    image = np.full((20, 20, 3), beneath, np.uint8)
    mask = np.zeros((20, 20), bool)
    mask[5:15, 5:15] = True
    for seed in range(40):
        name = visible_on(image, mask, np.random.default_rng(seed), alpha=alpha)
        painted = shade_region(image, mask, PALETTE[name], alpha)[10, 10]
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


def test_no_colour_left_and_wrong_mask_are_errors():
    image = np.zeros((4, 4, 3), np.uint8)
    dice = np.random.default_rng(0)
    with pytest.raises(ValueError, match="taken"):
        visible_on(image, [(1.0, 1.0)], dice, taken=PALETTE)
    with pytest.raises(ValueError, match="mask"):
        visible_on(image, np.ones((5, 4), bool), dice)


def test_an_unknown_palette_is_named():
    with pytest.raises(UsageError, match="release-masks"):
        palette("nope")
