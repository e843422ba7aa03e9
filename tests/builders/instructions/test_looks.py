"""Clear colours and places."""

import numpy as np
import pytest

from ieiw.builders.instructions.looks import clear_colour, place_of

RED, BLUE, GREY = (200, 30, 30), (30, 60, 200), (128, 128, 128)


def shown(colour, around=GREY):
    image = np.full((40, 60, 3), around, np.uint8)
    mask = np.zeros((40, 60), np.bool_)
    mask[10:30, 20:40] = True
    image[mask] = colour
    return image, mask


@pytest.mark.parametrize(
    ("colour", "name"),
    [(RED, "red"), (BLUE, "blue"), ((20, 140, 40), "green"), ((240, 220, 30), "yellow"), ((10, 10, 10), "black"),
     ((250, 250, 250), "white"), ((110, 60, 25), "brown"), ((240, 130, 20), "orange"), (GREY, ""), ((150, 140, 120), "")],
)  # fmt: skip
def test_a_plain_colour_has_its_name(colour, name):
    assert clear_colour(*shown(colour, around=(90, 120, 130))) == name


def test_what_is_of_two_colours_or_lit_or_tiny_has_none():
    image, mask = shown(RED)
    image[10:30, 20:30] = BLUE
    assert clear_colour(image, mask) == ""
    assert clear_colour(*shown(RED, around=RED)) == ""
    assert clear_colour(image, np.zeros_like(mask)) == ""


def test_a_mask_of_the_whole_picture_has_a_colour():
    assert clear_colour(np.full((20, 20, 3), BLUE, np.uint8), np.ones((20, 20), np.bool_)) == "blue"


@pytest.mark.parametrize(
    ("rows", "columns", "place"),
    [((10, 90), (0, 40), "on the left"), ((10, 90), (70, 100), "on the right"), ((40, 60), (40, 60), "in the middle"),
     ((0, 30), (20, 80), "at the top"), ((70, 100), (20, 80), "at the bottom"), ((0, 100), (0, 90), ""), ((0, 0), (0, 0), "")],
)  # fmt: skip
def test_a_place_is_told_where_the_whole_thing_is_there(rows, columns, place):
    mask = np.zeros((100, 100), np.bool_)
    mask[slice(*rows), slice(*columns)] = True
    assert place_of(mask) == place
