"""Several things in one outline, and one thing that something in front of it splits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.builders.mask_components import Part, far_apart, mask_parts, polygon_parts
from tests.support.source_case import square


def boxes(*places):
    """Outlines of x, y, width, height."""
    return [[x, y, x + width, y, x + width, y + height, x, y + height] for x, y, width, height in places]


CASES = [
    ([(10, 10, 20, 60)], False),
    ([(10, 10, 20, 60), (34, 10, 20, 60)], False),  # a person behind a pole
    ([(10, 10, 30, 30), (90, 12, 28, 30)], True),  # two cups on either side of a table
    ([(10, 10, 30, 30), (90, 12, 4, 4)], False),  # a shred
    ([(10, 10, 30, 30), (90, 10, 30, 30), (50, 10, 30, 30)], False),  # a fence, slat by slat
    ([(10, 10, 100, 10), (10, 70, 100, 10)], False),  # a bench with someone before it
]


@pytest.mark.parametrize(("places", "several"), CASES)
def test_parts_far_apart(places, several):
    assert far_apart(polygon_parts(boxes(*places))) is several
    mask = np.zeros((128, 160), np.bool_)
    for x, y, width, height in places:
        mask[y : y + height, x : x + width] = True
    assert far_apart(mask_parts(mask)) is several


def test_nothing_and_less_than_a_triangle():
    assert not far_apart(polygon_parts([[], [1, 2, 3, 4]]))
    assert not far_apart(mask_parts(np.zeros((8, 8), np.bool_)))


def test_area_and_box_of_a_square():
    [part] = polygon_parts([sum(square(10, 20, 18), [])])
    assert (part.area, part.left, part.top, part.right, part.bottom) == (18 * 18, 10, 20, 28, 38)


places = st.lists(st.tuples(*[st.integers(0, 100)] * 2, *[st.integers(2, 30)] * 2), min_size=1, max_size=5)


@given(places=places, by=st.integers(2, 5), order=st.randoms(use_true_random=False))
def test_neither_size_nor_order_matter(places, by, order):
    parts = polygon_parts(boxes(*places))
    larger = polygon_parts(boxes(*[tuple(by * value for value in place) for place in places]))
    order.shuffle(larger)
    assert far_apart(parts) is far_apart(larger)


def test_a_mask_of_noise_is_not_compared_speck_by_speck(monkeypatch):
    compared = []
    gap = Part.gap
    monkeypatch.setattr(Part, "gap", lambda part, other: compared.append(other) or gap(part, other))
    noise = np.zeros((200, 200), np.bool_)
    noise[::5, ::5] = True
    assert far_apart(mask_parts(noise))
    assert len(compared) < 100 * 100
