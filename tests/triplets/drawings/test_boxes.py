"""Outlines are the rim of their box and nothing else, and boxes come back from JPEGs, also where they cross or nest."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.triplets.drawings.asked import AskedClass
from ieiw.triplets.drawings.boxes import Answer, draw, lines_mask, read, read_lines
from ieiw.triplets.drawings.contrast import visible_on
from ieiw.triplets.drawings.palette import PALETTE
from tests.support.drawn import HEIGHT, WIDTH, changed, noise, smooth, through_jpeg

LINE = 3
_X, _Y = st.floats(-20, WIDTH + 20), st.floats(-20, HEIGHT + 20)


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
    after = draw(before, [box], (9, 8, 7), width)
    assert np.array_equal(changed(before, after), inside & ~core)
    assert (after[inside & ~core] == (9, 8, 7)).all()


@pytest.mark.parametrize(
    ("box", "width"), [((0, 0, 5, 5), 0), ((0, 0, -1, 5), 1), ((math.nan, 0, 5, 5), 1), ((0, 0, math.inf, 5), 1)]
)
def test_boxes_that_cannot_be_drawn_are_named(box, width):
    with pytest.raises(ValueError):
        draw(noise(), [box], (0, 0, 0), width)


@settings(max_examples=40, deadline=None)
@given(
    x=st.floats(0, 100), y=st.floats(0, 70), width=st.floats(12, 55), height=st.floats(12, 45), seed=st.integers(0, 50)
)
def test_a_box_anywhere_comes_back_from_jpeg_within_a_pixel(x, y, width, height, seed):
    image = smooth(seed)
    name = visible_on(image, lines_mask((120, 160), [(x, y, width, height)], LINE), np.random.default_rng(seed))
    target = draw(image, [(x, y, width, height)], PALETTE[name], LINE)
    (found,) = read(through_jpeg(image), through_jpeg(target), PALETTE[name], LINE)
    edges = np.cumsum(np.reshape(found, (2, 2)), axis=0)
    assert np.abs(edges - [[x, y], [x + width, y + height]]).max() <= 1


@pytest.mark.parametrize(
    "boxes",
    [
        [(10, 10, 60, 50), (40, 30, 70, 60)],  # crossing: their overlap has four sides too
        [(10, 10, 100, 90), (30, 30, 40, 40)],  # nested
        [(10, 10, 40, 40), (52, 10, 40, 40)],  # side by side
        [(10, 10, 40, 40), (12, 54, 40, 40)],  # one below the other
        [(0, 0, 160, 120), (60, 0, 30, 120)],  # through and through
        [(5, 5, 40, 40), (60, 5, 40, 40), (5, 60, 40, 40), (60, 60, 40, 40)],
    ],
)
def test_boxes_that_cross_touch_or_nest(boxes):
    assert read_lines(lines_mask((120, 160), boxes, LINE), LINE) == sorted(
        boxes, key=lambda box: (box[1], box[0], box[3], box[2])
    )
    image = smooth(3)
    target = draw(image, boxes, (255, 0, 255), LINE)
    found = read(through_jpeg(image), through_jpeg(target), (255, 0, 255), LINE)
    assert len(found) == len(boxes)
    assert np.abs(np.array(found) - sorted(boxes, key=lambda box: (box[1], box[0], box[3], box[2]))).max() <= 1


def test_no_box_where_nothing_was_drawn():
    image = smooth(1)
    assert read(image, through_jpeg(image), PALETTE["red"], LINE) == []
    with pytest.raises(ValueError, match="line width"):
        read(image, image, PALETTE["red"], 0)


def crowded(dice):
    """Up to seven boxes of any size, anywhere."""
    sizes = [(int(dice.integers(12, 140)), int(dice.integers(12, 100))) for _ in range(int(dice.integers(1, 8)))]
    return [(int(dice.integers(0, 160 - w)), int(dice.integers(0, 120 - h)), w, h) for w, h in sizes]


def same(found, boxes):
    return len(found) == len(boxes) and all(np.abs(np.array(found) - box).max(axis=1).min() <= 1 for box in boxes)


def test_what_can_be_told_from_the_outlines_alone_is_told_from_their_jpeg():
    told = right = 0
    for seed in range(120):
        dice = np.random.default_rng(seed)
        boxes, image = crowded(dice), smooth(seed)
        if not same(read_lines(lines_mask((120, 160), boxes, LINE), LINE), boxes):
            continue  # such pictures are refused when a data set is built
        colour = PALETTE[visible_on(image, lines_mask((120, 160), boxes, LINE), dice)]
        found = read(through_jpeg(image), through_jpeg(draw(image, boxes, colour, LINE)), colour, LINE)
        told, right = told + 1, right + same(found, boxes)
    assert told > 90
    assert right / told >= 0.97


def test_boxes_are_outlined_again_as_their_task_outlines_them():
    source, outlines = np.full((60, 80, 3), 90, np.uint8), ((10, 5, 30, 20), (50, 30, 20, 20))
    asked = AskedClass(what="every dog", spoken="dog", class_name="dog")
    answer = Answer(asked=asked, boxes=outlines, outlines=outlines, colour="red", rgb=PALETTE["red"], line=2)
    target, said = answer.redraw(source, "Outline every dog in red.", np.random.default_rng(1))
    name = said.removeprefix("Outline every dog in ").removesuffix(".")
    assert np.array_equal(target, draw(source, outlines, PALETTE[name], 2))
    assert answer.redraw(source, "object detection: dog", np.random.default_rng(1)) is None
