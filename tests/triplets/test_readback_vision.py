"""What InstructCV's tasks draw is read back from JPEGs: boxes, depth, plain colours, white on black."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.triplets.drawings.contrast import visible_on
from ieiw.triplets.drawings.drawing import outline_box
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.drawings.readback_boxes import boxes_in, read_boxes
from ieiw.triplets.drawings.readback_colour import read_solid, read_white
from ieiw.triplets.drawings.readback_depth import DepthScale, draw_depth, read_depth
from ieiw.triplets.images.codec import decode, encode_jpeg

LINE = 3


def smooth(seed, width=160, height=120):
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def through_jpeg(image):
    return decode(encode_jpeg(image).data).pixels


def outlined(image, boxes, colour):
    for box in boxes:
        image = outline_box(image, box, colour, LINE)
    return image


def mask_of(boxes, width=160, height=120):
    return outlined(np.zeros((height, width, 3), np.uint8), boxes, (255, 255, 255))[..., 0] > 0


@settings(max_examples=40, deadline=None)
@given(
    x=st.floats(0, 100), y=st.floats(0, 70), width=st.floats(12, 55), height=st.floats(12, 45), seed=st.integers(0, 50)
)
def test_a_box_anywhere_comes_back_from_jpeg_within_a_pixel(x, y, width, height, seed):
    image = smooth(seed)
    name = visible_on(image, mask_of([(x, y, width, height)]), np.random.default_rng(seed))
    target = outlined(image, [(x, y, width, height)], PALETTE[name])
    (found,) = read_boxes(through_jpeg(image), through_jpeg(target), PALETTE[name], LINE)
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
    assert boxes_in(mask_of(boxes), LINE) == sorted(boxes, key=lambda box: (box[1], box[0], box[3], box[2]))
    image = smooth(3)
    target = outlined(image, boxes, (255, 0, 255))
    found = read_boxes(through_jpeg(image), through_jpeg(target), (255, 0, 255), LINE)
    assert len(found) == len(boxes)
    assert np.abs(np.array(found) - sorted(boxes, key=lambda box: (box[1], box[0], box[3], box[2]))).max() <= 1


def test_no_box_where_nothing_was_drawn():
    image = smooth(1)
    assert read_boxes(image, through_jpeg(image), PALETTE["red"], LINE) == []
    with pytest.raises(ValueError, match="line width"):
        read_boxes(image, image, PALETTE["red"], 0)


@pytest.mark.parametrize("near", ["black", "white"])
def test_depth_comes_back_within_a_step_and_from_jpeg_within_a_hundredth_of_the_range(near):
    scale = DepthScale(0.5, 8.0, near)
    y, x = np.mgrid[:120, :160].astype(np.float32)
    depth = np.where((x - 80) ** 2 + (y - 60) ** 2 < 900, 1.5, 2 + x / 40 + y / 60).astype(np.float32)
    assert np.abs(read_depth(draw_depth(depth, scale), scale) - depth).max() <= scale.step / 2 + 1e-4
    errors = np.abs(read_depth(through_jpeg(draw_depth(depth, scale)), scale) - depth) / 7.5
    assert np.median(errors) < 0.003
    assert np.mean(errors <= 0.01) >= 0.97


def test_near_has_its_shade_and_distances_beyond_the_range_are_its_ends():
    drawn = draw_depth(np.array([[0.0, 20.0]], np.float32), DepthScale(1, 10, "white"))
    assert drawn[0, :, 0].tolist() == [255, 0]
    with pytest.raises(ValueError, match="nearest < farthest"):
        DepthScale(5, 5)


@pytest.mark.parametrize("name", sorted(PALETTE))
def test_plain_colours_are_named_again(name):
    found, share = read_solid(through_jpeg(np.full((64, 96, 3), PALETTE[name], np.uint8)))
    assert (found, share) == (name, 1.0)


def test_a_photograph_is_not_plain():
    assert read_solid(smooth(2))[1] < 0.5


def test_white_on_black_comes_back():
    mask = smooth(5)[..., 0] > 128
    found = read_white(through_jpeg(np.repeat(mask[..., None] * np.uint8(255), 3, axis=2)))
    assert (found & mask).sum() / (found | mask).sum() > 0.999


def crowded(dice):
    """Up to seven boxes of any size, anywhere."""
    sizes = [(int(dice.integers(12, 140)), int(dice.integers(12, 100))) for _ in range(int(dice.integers(1, 8)))]
    return [(int(dice.integers(0, 160 - w)), int(dice.integers(0, 120 - h)), w, h) for w, h in sizes]


def same(found, boxes):
    return len(found) == len(boxes) and all(np.abs(np.array(found) - box).max(axis=1).min() <= 1 for box in boxes)


def test_what_can_be_told_from_the_outlines_alone_is_told_from_their_jpeg():
    told = read = 0
    for seed in range(120):
        dice = np.random.default_rng(seed)
        boxes, image = crowded(dice), smooth(seed)
        if not same(boxes_in(mask_of(boxes), LINE), boxes):
            continue  # such pictures are refused when a data set is built
        colour = PALETTE[visible_on(image, mask_of(boxes), dice)]
        found = read_boxes(through_jpeg(image), through_jpeg(outlined(image, boxes, colour)), colour, LINE)
        told, read = told + 1, read + same(found, boxes)
    assert told > 90
    assert read / told >= 0.97
