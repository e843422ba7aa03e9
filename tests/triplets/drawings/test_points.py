"""Circles: solid inside, absent outside, and read back from JPEGs, also half covered or cut by the border."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.drawings.points import Answer, Point, draw, read
from tests.support.drawn import HEIGHT, WIDTH, changed, noise, smooth, through_jpeg

RED, GREEN, BLUE = PALETTE["red"], PALETTE["green"], PALETTE["blue"]
SOURCE = np.full((60, 80, 3), 90, np.uint8)
_COLOURS = st.tuples(*[st.integers(0, 255)] * 3)
_X, _Y = st.floats(-20, WIDTH + 20), st.floats(-20, HEIGHT + 20)


def distances(x, y):
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    return np.hypot(columns - x, rows - y)


@given(x=_X, y=_Y, radius=st.floats(0.3, 12), colour=_COLOURS)
def test_a_point_is_solid_inside_and_absent_outside(x, y, radius, colour):
    after = draw(noise(), [(x, y)], radius, colour)
    away = distances(x, y)
    assert (after[away < radius - 0.51] == colour).all()
    assert not changed(noise(), after)[away > radius + 0.51].any()


@given(column=st.integers(0, WIDTH - 1), row=st.integers(0, HEIGHT - 1), radius=st.floats(1, 9), colour=_COLOURS)
def test_a_colour_is_read_back_at_the_centre(column, row, radius, colour):
    after = draw(noise(), [(column + 0.5, row + 0.5)], radius, colour)
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
    area = draw(black, [(column + x, row + y)], radius, (255, 255, 255))[..., 0].sum() / 255
    assert area == pytest.approx(math.pi * radius**2, rel=0.06)


def test_the_rim_is_mixed():
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    levels = set(draw(black, [(20, 15)], 6.3, (255, 255, 255))[..., 0].ravel().tolist())
    assert len(levels) > 4


def test_what_lies_far_outside_changes_nothing():
    image = np.full((20, 30, 3), 7, np.uint8)
    points = [(1e300, 5.0), (5.0, -1e300), (31.5, 5.0), (10.0, 10.0), (-400.0, 3.0)]
    drawn = draw(image, points, 1.4, [(0, 0, 255), (0, 255, 0), (255, 255, 0), (255, 0, 0), (9, 9, 9)])
    alone = draw(image, [(10.0, 10.0), (31.5, 5.0)], 1.4, [(255, 0, 0), (255, 255, 0)])
    assert (drawn == alone).all()
    assert (drawn[10, 10] == (255, 0, 0)).all()
    assert (draw(image, [(1e300, 1e300)], 1.4, (255, 0, 0)) == image).all()


def test_later_points_cover_earlier_ones_each_in_its_colour():
    red, green = (255, 0, 0), (0, 255, 0)
    after = draw(noise(), [(10.5, 10.5), (14.5, 10.5)], 4, [red, green])
    assert tuple(after[10, 7]) == red and tuple(after[10, 13]) == green and tuple(after[10, 14]) == green
    assert np.array_equal(draw(noise(), [], 4, red), noise())


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
        draw(noise(), points, radius, colours)


def dull(seed):
    """Dull colours, so that every vivid one shows."""
    return smooth(seed, 110, 180, (5, 7))


def error(found, place):
    assert found is not None
    return np.hypot(found[0] - place[0], found[1] - place[1])


@settings(max_examples=50, deadline=None)
@given(
    x=st.floats(0, 159.9), y=st.floats(0, 119.9), radius=st.floats(4, 12), seed=st.integers(0, 99),
    quality=st.sampled_from([85, 95]),
)  # fmt: skip
def test_one_circle_anywhere(x, y, radius, seed, quality):
    source = dull(seed)
    target = draw(source, [(x, y)], radius, RED)
    found = read(through_jpeg(source, quality), through_jpeg(target, quality), [RED], radius)
    assert error(found[0], (x, y)) < 0.5


@settings(max_examples=50, deadline=None)
@given(angle=st.floats(0, 6.28), apart=st.floats(1.5, 3), seed=st.integers(0, 99))
def test_circles_that_cover_one_another(angle, apart, seed):
    source, radius = dull(seed), 10.0
    first = (80.3, 60.7)
    second = (first[0] + apart * radius * np.cos(angle), first[1] + apart * radius * np.sin(angle))
    target = draw(source, [first, second], radius, [BLUE, GREEN])
    found = read(through_jpeg(source, 95), through_jpeg(target, 95), [BLUE, GREEN], radius)
    assert error(found[0], first) < 0.5
    assert error(found[1], second) < 0.5


def test_a_colour_that_was_not_drawn_is_none():
    source = dull(1)
    target = draw(source, [(50, 50)], 8, RED)
    assert read(source, target, [GREEN, RED], 8)[0] is None


def test_a_picture_that_has_the_colour_already():
    source = dull(2)
    source[10:40, 10:60] = RED
    target = draw(source, [(100.25, 70.5)], 8, RED)
    found = read(through_jpeg(source, 95), through_jpeg(target, 95), [RED], 8)
    assert error(found[0], (100.25, 70.5)) < 0.5


def test_lossless_circles_are_found_to_a_hundredth():
    source = dull(3)
    target = draw(source, [(33.37, 44.81)], 9, BLUE)
    assert error(read(source, target, [BLUE], 9)[0], (33.37, 44.81)) < 0.01


@pytest.mark.parametrize("radius", [0, -1])
def test_wrong_arguments(radius):
    source = dull(4)
    with pytest.raises(ValueError, match="radius"):
        read(source, source, [RED], radius)
    with pytest.raises(ValueError, match="target"):
        read(source, source[:-1], [RED], 5)


def point(colour, x, y, drawn=True):
    return Point(
        joint="nose", words="nose", colour=colour, rgb=PALETTE[colour], drawn=drawn, x=x, y=y, visibility=2 * drawn
    )


def answer(*points):
    box = (0.0, 0.0, 80.0, 60.0)
    return Answer(points=points, radius=4.0, layout="coco", joints=(), box=box, view="whole", who="the person")


@given(st.integers(0, 2**32), st.permutations(sorted(PALETTE)))
@settings(max_examples=60, deadline=None)
def test_points_and_sentence_change_together(seed, order):
    first, second = order[:2]
    made = answer(point(first, 20.5, 20.5), point(second, 60.5, 40.5))
    sentence = f"Circle the nose in {first} and the left eye in {second}."
    target, said = made.redraw(SOURCE, sentence, np.random.default_rng(seed))
    named = {name: rgb for name, rgb in PALETTE.items() if tuple(target[20, 20]) == rgb or tuple(target[40, 60]) == rgb}
    nose, eye = tuple(map(int, target[20, 20])), tuple(map(int, target[40, 60]))
    names = {rgb: name for name, rgb in named.items()}
    assert said == f"Circle the nose in {names[nose]} and the left eye in {names[eye]}."
    assert nose != eye
    assert np.array_equal(target, draw(SOURCE, [(20.5, 20.5), (60.5, 40.5)], 4.0, [nose, eye]))


def test_an_unlabelled_joint_is_named_and_not_drawn():
    made = answer(point("red", 20.5, 20.5), point("blue", -1.0, -1.0, drawn=False))
    target, said = made.redraw(SOURCE, "nose red, left ear blue", np.random.default_rng(0))
    changed = (target != SOURCE).any(axis=2)
    assert changed[20, 20] and not changed[30:, 40:].any()
    assert len(said.split()) >= 5


def test_points_whose_colours_the_sentence_does_not_name_are_left_alone():
    assert answer(point("red", 1.0, 1.0)).redraw(SOURCE, "keypoint detection", np.random.default_rng(0)) is None
