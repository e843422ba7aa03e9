"""Circles are read back where they were drawn, also from JPEGs, half covered or cut by the border."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.triplets.drawings.drawing import draw_points
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.drawings.readback_points import read_points
from ieiw.triplets.images.codec import decode, encode_jpeg

RED, GREEN, BLUE = PALETTE["red"], PALETTE["green"], PALETTE["blue"]


def smooth(seed, width=160, height=120):
    """Dull colours, so that every vivid one shows."""
    coarse = np.random.default_rng(seed).integers(110, 180, (5, 7, 3), np.uint8)
    return np.ascontiguousarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))


def through_jpeg(image, quality):
    return decode(encode_jpeg(image, quality).data).pixels


def error(found, place):
    assert found is not None
    return np.hypot(found[0] - place[0], found[1] - place[1])


@settings(max_examples=50, deadline=None)
@given(
    x=st.floats(0, 159.9), y=st.floats(0, 119.9), radius=st.floats(4, 12), seed=st.integers(0, 99),
    quality=st.sampled_from([85, 95]),
)  # fmt: skip
def test_one_circle_anywhere(x, y, radius, seed, quality):
    source = smooth(seed)
    target = draw_points(source, [(x, y)], radius, RED)
    found = read_points(through_jpeg(source, quality), through_jpeg(target, quality), [RED], radius)
    assert error(found[0], (x, y)) < 0.5


@settings(max_examples=50, deadline=None)
@given(angle=st.floats(0, 6.28), apart=st.floats(1.5, 3), seed=st.integers(0, 99))
def test_circles_that_cover_one_another(angle, apart, seed):
    source, radius = smooth(seed), 10.0
    first = (80.3, 60.7)
    second = (first[0] + apart * radius * np.cos(angle), first[1] + apart * radius * np.sin(angle))
    target = draw_points(source, [first, second], radius, [BLUE, GREEN])
    found = read_points(through_jpeg(source, 95), through_jpeg(target, 95), [BLUE, GREEN], radius)
    assert error(found[0], first) < 0.5
    assert error(found[1], second) < 0.5


def test_a_colour_that_was_not_drawn_is_none():
    source = smooth(1)
    target = draw_points(source, [(50, 50)], 8, RED)
    assert read_points(source, target, [GREEN, RED], 8)[0] is None


def test_a_picture_that_has_the_colour_already():
    source = smooth(2)
    source[10:40, 10:60] = RED
    target = draw_points(source, [(100.25, 70.5)], 8, RED)
    found = read_points(through_jpeg(source, 95), through_jpeg(target, 95), [RED], 8)
    assert error(found[0], (100.25, 70.5)) < 0.5


def test_lossless_circles_are_found_to_a_hundredth():
    source = smooth(3)
    target = draw_points(source, [(33.37, 44.81)], 9, BLUE)
    assert error(read_points(source, target, [BLUE], 9)[0], (33.37, 44.81)) < 0.01


@pytest.mark.parametrize("radius", [0, -1])
def test_wrong_arguments(radius):
    source = smooth(4)
    with pytest.raises(ValueError, match="radius"):
        read_points(source, source, [RED], radius)
    with pytest.raises(ValueError, match="target"):
        read_points(source, source[:-1], [RED], 5)
