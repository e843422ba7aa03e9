"""Drawings stay inside their shape, leave the given picture alone, and can be read back."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.triplets.drawings.drawing import draw_points, outline_box, shade_region, share_of

WIDTH, HEIGHT = 40, 30
_COLOURS = st.tuples(*[st.integers(0, 255)] * 3)
_X, _Y = st.floats(-20, WIDTH + 20), st.floats(-20, HEIGHT + 20)


def noise(seed=0):
    picture = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    picture.flags.writeable = False  # as the door gives them
    return picture


def changed(before, after):
    assert after.shape == before.shape and after.dtype == np.uint8
    return (before != after).any(axis=2)


def distances(x, y):
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    return np.hypot(columns - x, rows - y)


@given(x=_X, y=_Y, radius=st.floats(0.3, 12), colour=_COLOURS)
def test_a_point_is_solid_inside_and_absent_outside(x, y, radius, colour):
    after = draw_points(noise(), [(x, y)], radius, colour)
    away = distances(x, y)
    assert (after[away < radius - 0.51] == colour).all()
    assert not changed(noise(), after)[away > radius + 0.51].any()


@given(column=st.integers(0, WIDTH - 1), row=st.integers(0, HEIGHT - 1), radius=st.floats(1, 9), colour=_COLOURS)
def test_a_colour_is_read_back_at_the_centre(column, row, radius, colour):
    after = draw_points(noise(), [(column + 0.5, row + 0.5)], radius, colour)
    assert tuple(after[row, column]) == colour


@given(
    column=st.integers(8, WIDTH - 9),
    row=st.integers(8, HEIGHT - 9),
    x=st.floats(0, 1),
    y=st.floats(0, 1),
    radius=st.floats(2, 6),
)
def test_a_circle_covers_its_area_wherever_it_lies(column, row, x, y, radius):
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    area = draw_points(black, [(column + x, row + y)], radius, (255, 255, 255))[..., 0].sum() / 255
    assert area == pytest.approx(math.pi * radius**2, rel=0.06)


def test_the_rim_is_mixed():
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    levels = set(draw_points(black, [(20, 15)], 6.3, (255, 255, 255))[..., 0].ravel().tolist())
    assert len(levels) > 4


def test_what_lies_far_outside_changes_nothing():
    image = np.full((20, 30, 3), 7, np.uint8)
    points = [(1e300, 5.0), (5.0, -1e300), (31.5, 5.0), (10.0, 10.0), (-400.0, 3.0)]
    drawn = draw_points(image, points, 1.4, [(0, 0, 255), (0, 255, 0), (255, 255, 0), (255, 0, 0), (9, 9, 9)])
    alone = draw_points(image, [(10.0, 10.0), (31.5, 5.0)], 1.4, [(255, 0, 0), (255, 255, 0)])
    assert (drawn == alone).all()
    assert (drawn[10, 10] == (255, 0, 0)).all()
    assert (draw_points(image, [(1e300, 1e300)], 1.4, (255, 0, 0)) == image).all()


def test_later_points_cover_earlier_ones_each_in_its_colour():
    red, green = (255, 0, 0), (0, 255, 0)
    after = draw_points(noise(), [(10.5, 10.5), (14.5, 10.5)], 4, [red, green])
    assert tuple(after[10, 7]) == red and tuple(after[10, 13]) == green and tuple(after[10, 14]) == green
    assert np.array_equal(draw_points(noise(), [], 4, red), noise())


@pytest.mark.parametrize(
    ("points", "radius", "colours"),
    [
        ([(1, 1)], 0, (0, 0, 0)),
        ([(1, 1)], math.nan, (0, 0, 0)),
        ([(math.nan, 1)], 2, (0, 0, 0)),
        ([(math.inf, 1)], 2, (0, 0, 0)),
        ([(1, 1)], 2, [(0, 0, 0), (1, 1, 1)]),
    ],
)
def test_points_that_cannot_be_drawn_are_named(points, radius, colours):
    with pytest.raises(ValueError):
        draw_points(noise(), points, radius, colours)


@given(seed=st.integers(0, 50), colour=_COLOURS, alpha=st.floats(0, 1))
def test_a_region_lets_the_picture_through_and_ends_at_its_border(seed, colour, alpha):
    mask = np.random.default_rng(seed).random((HEIGHT, WIDTH)) < 0.3
    after = shade_region(noise(), mask, colour, alpha)
    assert not changed(noise(), after)[~mask].any()
    expected = (1 - alpha) * noise()[mask].astype(float) + alpha * np.array(colour)
    assert np.abs(after[mask] - expected).max(initial=0) <= 0.51


def test_alpha_of_one_is_opaque_and_of_zero_nothing():
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[5:9] = True
    assert (shade_region(noise(), mask, (1, 2, 3), 1)[mask] == (1, 2, 3)).all()
    assert np.array_equal(shade_region(noise(), mask, (1, 2, 3), 0), noise())
    for wrong in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match="alpha"):
            shade_region(noise(), mask, (1, 2, 3), wrong)
    with pytest.raises(ValueError, match="a mask of"):
        shade_region(noise(), mask[:-1], (1, 2, 3))


@given(
    box=st.tuples(_X, _Y, st.floats(0, 60), st.floats(0, 60)),
    width=st.integers(1, 5),
)
def test_a_box_is_its_rim_and_nothing_else(box, width):
    left, top, right, bottom = (math.floor(edge + 0.5) for edge in (box[0], box[1], box[0] + box[2], box[1] + box[3]))
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    inside = (columns >= left) & (columns < right) & (rows >= top) & (rows < bottom)
    core = (
        (columns >= left + width) & (columns < right - width) & (rows >= top + width) & (rows < bottom - width)
    )  # the oracle: the box less the box shrunk by the line
    before = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    after = outline_box(before, box, (9, 8, 7), width)
    assert np.array_equal(changed(before, after), inside & ~core)
    assert (after[inside & ~core] == (9, 8, 7)).all()


@pytest.mark.parametrize(
    ("box", "width"), [((0, 0, 5, 5), 0), ((0, 0, -1, 5), 1), ((math.nan, 0, 5, 5), 1), ((0, 0, math.inf, 5), 1)]
)
def test_boxes_that_cannot_be_drawn_are_named(box, width):
    with pytest.raises(ValueError):
        outline_box(noise(), box, (0, 0, 0), width)


def test_a_share_is_of_the_shorter_side():
    assert share_of(noise(), 0.1) == pytest.approx(3)
