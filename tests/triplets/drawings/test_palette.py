"""Colours: apart from each other, and named again."""

import itertools
from typing import get_args

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.triplets.drawings.palette import PALETTE, PALETTES, PaletteName, nearest


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


def test_every_palette_has_a_name_that_recipes_may_use():
    assert set(get_args(PaletteName)) == set(PALETTES)
