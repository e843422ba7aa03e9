"""Masks against independent readings: ray casting, brute-force dilation, COCO's own decoder."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ieiw.triplets.images.masks import Rle, bounding_box, box_of, dilate, from_rle, polygon_area, polygons_mask, to_rle

SIZE = (31, 23)
coordinates = st.floats(-20, 50, allow_nan=False).map(lambda value: round(value, 2))
polygons = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=7)
masks = arrays(np.bool_, st.tuples(st.integers(1, 24), st.integers(1, 24)))


def corner_rectangle(left, top, right, bottom):
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def test_outline_and_cut_coordinates_belong_to_the_region_as_in_the_official_evaluator():
    drawn = polygons_mask([[corner_rectangle(2.9, 3.1, 6.99, 5.5)]], SIZE)
    expected = np.zeros((23, 31), np.bool_)
    expected[3:6, 2:7] = True
    np.testing.assert_array_equal(drawn, expected)


def test_negative_coordinates_are_cut_towards_zero_as_int_does():
    drawn = polygons_mask([[corner_rectangle(-0.9, -0.9, 3, 2)]], SIZE)
    np.testing.assert_array_equal(drawn, polygons_mask([[corner_rectangle(0, 0, 3, 2)]], SIZE))


def test_instances_and_polygons_are_united_never_cut_out_of_each_other():
    outer, inner, apart = (
        corner_rectangle(1, 1, 12, 12),
        corner_rectangle(4, 4, 8, 8),
        corner_rectangle(20, 3, 25, 9),
    )
    together = polygons_mask([[outer, inner], [apart]], SIZE)
    one_by_one = polygons_mask([[outer]], SIZE) | polygons_mask([[inner]], SIZE) | polygons_mask([[apart]], SIZE)
    np.testing.assert_array_equal(together, one_by_one)


@pytest.mark.parametrize("points", [[], [[4, 4]]])
def test_polygons_of_fewer_than_two_points_are_skipped(points):
    assert not polygons_mask([[points]], SIZE).any()


@given(polygons)
@settings(max_examples=150, deadline=None)
def test_the_interior_is_what_ray_casting_finds(points):
    """Pixels well inside are drawn, pixels well outside are not; the outline itself is Pillow's affair."""
    corners = np.array([(int(x), int(y)) for x, y in points], np.float64)
    drawn = polygons_mask([[points]], SIZE)
    for y in range(0, SIZE[1], 2):
        for x in range(0, SIZE[0], 2):
            if _distance(corners, x, y) > 1.01:
                assert drawn[y, x] == _inside(corners, x, y), (x, y)


def _inside(corners, x, y):
    following = np.roll(corners, -1, axis=0)
    odd = False
    for (x1, y1), (x2, y2) in zip(corners, following, strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


def _distance(corners, x, y):
    """From a pixel to the polygon's outline."""
    start, step = corners, np.roll(corners, -1, axis=0) - corners
    length = np.maximum((step**2).sum(axis=1), 1e-9)
    along = np.clip((((x, y) - start) * step).sum(axis=1) / length, 0, 1)
    return np.sqrt(((start + along[:, None] * step - (x, y)) ** 2).sum(axis=1)).min()


@given(polygons, st.permutations(range(3)))
@settings(max_examples=50, deadline=None)
def test_neither_start_nor_far_away_corners_nor_the_order_of_instances_matter(points, order):
    parts = [[points], [corner_rectangle(0, 0, 3, 3)], [corner_rectangle(9, 9, 12, 14)]]
    np.testing.assert_array_equal(polygons_mask(parts, SIZE), polygons_mask([parts[at] for at in order], SIZE))


@pytest.mark.parametrize("far", [1e7, 1e30])
def test_absurd_coordinates_are_drawn_as_far_away_and_cost_no_memory(far):
    drawn = polygons_mask([[[[-far, 5], [far, 5], [far, 8], [-far, 8]]]], SIZE)
    assert drawn[5:9].all() and not drawn[:5].any() and not drawn[9:].any()


@given(st.integers(1, 40), st.integers(1, 40), st.integers(-100, 100))
def test_polygon_area_is_that_of_the_shape_wherever_it_lies(width, height, shift):
    rectangle = corner_rectangle(shift, shift, shift + width, shift + height)
    assert polygon_area(rectangle) == pytest.approx(width * height)
    assert polygon_area(rectangle[:3]) == pytest.approx(width * height / 2)
    assert polygon_area(rectangle[::-1]) == polygon_area(rectangle)
    assert polygon_area(rectangle[:2]) == 0


@given(masks, st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_dilation_reaches_exactly_its_radius_along_the_axes_and_never_a_corner_of_the_square(mask, radius):
    grown = dilate(mask, 0, radius)
    ys, xs = np.nonzero(mask)
    grid_y, grid_x = np.indices(mask.shape)
    nearest = np.full(mask.shape, np.inf)
    straight = np.zeros(mask.shape, np.bool_)
    for y, x in zip(ys, xs, strict=True):
        nearest = np.minimum(nearest, np.hypot(grid_y - y, grid_x - x))
        straight |= ((grid_y == y) & (abs(grid_x - x) <= radius)) | ((grid_x == x) & (abs(grid_y - y) <= radius))
    assert not (mask & ~grown).any()
    assert not (straight & ~grown).any()
    assert not (grown & (nearest > radius + 1)).any()


def test_the_share_of_dilation_follows_the_region_s_size():
    mask = np.zeros((200, 200), np.bool_)
    mask[50:150, 50:150] = True  # 100 px is the square root of its area
    assert bounding_box(dilate(mask, percent=4, pixels=3)) == (50 - 7, 50 - 7, 114, 114)


@given(masks)
@settings(deadline=None)
def test_run_lengths_give_the_mask_back_and_are_plain_json(mask):
    rle = to_rle(mask)
    np.testing.assert_array_equal(from_rle(rle), mask)
    assert rle.size == mask.shape and type(rle.size[0]) is int and type(rle.counts) is str


def test_run_lengths_are_coco_s():
    mask = np.zeros((4, 5), np.bool_)
    mask[1:3, 2] = True  # column by column: 9 false, 2 true, 9 false
    assert to_rle(mask) == Rle((4, 5), "929")


@given(masks)
def test_the_box_is_the_smallest_that_holds_every_true_pixel(mask):
    x, y, width, height = bounding_box(mask)
    if not mask.any():
        assert (x, y, width, height) == (0, 0, 0, 0) and box_of(mask) == ()
        return
    assert box_of(mask) == (x, y, width, height)
    inside = mask[y : y + height, x : x + width]
    assert inside.sum() == mask.sum()
    assert inside[0].any() and inside[-1].any() and inside[:, 0].any() and inside[:, -1].any()
