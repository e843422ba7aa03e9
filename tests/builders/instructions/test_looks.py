"""Places in words."""

import numpy as np
import pytest

from ieiw.builders.instructions.looks import place_of


@pytest.mark.parametrize(
    ("rows", "columns", "place"),
    [((10, 90), (0, 40), "on the left"), ((10, 90), (70, 100), "on the right"), ((40, 60), (40, 60), "in the middle"),
     ((0, 30), (20, 80), "at the top"), ((70, 100), (20, 80), "at the bottom"), ((0, 100), (0, 90), ""), ((0, 0), (0, 0), "")],
)  # fmt: skip
def test_a_place_is_told_where_the_whole_thing_is_there(rows, columns, place):
    mask = np.zeros((100, 100), np.bool_)
    mask[slice(*rows), slice(*columns)] = True
    assert place_of(mask) == place
