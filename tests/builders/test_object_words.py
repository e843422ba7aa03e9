"""What is said of an object, held against its mask and pixels."""

import numpy as np
import pytest

from ieiw.builders.object_words import colour_of, true_of
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.rejects import Reason, Refusal

MASK = np.zeros((40, 60), np.bool_)
MASK[10:30, 10:50] = True


def shown(rgb, share=1.0):
    """A gray picture whose mask has a colour, on the given share of its pixels."""
    picture = np.full((40, 60, 3), 128, np.uint8)
    inside = np.argwhere(MASK)[: round(share * MASK.sum())]
    picture[tuple(inside.T)] = rgb
    return picture


def said(colour, several=False):
    return {"several": several, "colours": {f"{colour} cup": colour} if colour else {}}


@pytest.mark.parametrize("colour", ["red", "orange", "yellow", "green", "blue", "purple", "pink"])
def test_a_colour_that_is_there_is_believed_and_no_other(colour):
    words = ("add a cup", f"add {'an' if colour == 'orange' else 'a'} {colour} cup")
    assert true_of(words, said(colour), shown(PALETTE[colour]), MASK) == words
    assert true_of(words, said(colour), shown(PALETTE[colour], share=0.05), MASK) == words
    assert true_of(words, said(colour), shown((200, 200, 200)), MASK) == words[:1]


def test_a_colour_within_another_word_is_not_said():
    words = ("remove the colored cup", "remove the Red cup")
    assert true_of(words, said("red"), shown((30, 30, 200)), MASK) == words[:1]


def test_orange_is_not_brown():
    words = ("remove the cup", "remove the orange cup")
    assert true_of(words, said("orange"), shown((110, 60, 30)), MASK) == words[:1]


def test_a_colour_that_everything_has_is_that_of_the_surroundings():
    words = ("remove the skateboard", "remove the blue skateboard")
    blue = np.full((40, 60, 3), (60, 70, 120), np.uint8)
    claim = {"several": False, "colours": {"blue skateboard": "blue"}}
    assert true_of(words, claim, blue, MASK) == words[:1]
    assert true_of(words, claim, blue, np.ones_like(MASK)) == words  # nothing lies around


def test_where_every_instruction_names_the_colour_nothing_is_left():
    with pytest.raises(Refusal) as refused:
        true_of(["remove the blue cup"], said("blue"), shown((200, 30, 30)), MASK)
    assert refused.value.reason is Reason.PHRASE_CONTRADICTED


def test_several_things_in_one_mask():
    mask = np.zeros((100, 300), np.bool_)
    mask[40:60, 10:30] = mask[40:60, 200:222] = True
    picture = np.zeros((100, 300, 3), np.uint8)
    assert true_of(["remove the cups"], said("", several=True), picture, mask) == ("remove the cups",)
    with pytest.raises(Refusal) as refused:
        true_of(["remove the cup"], said(""), picture, mask)
    assert refused.value.reason is Reason.AMBIGUOUS and "several things in one mask" in refused.value.detail


def test_an_empty_mask_contradicts_nothing():
    words = ("remove the red cup",)
    assert true_of(words, said("red"), shown((0, 0, 0)), np.zeros_like(MASK)) == words


@pytest.mark.parametrize(
    ("attribute", "colour"),
    [("orange", "orange"), ("Dark blue", "blue"), ("white", ""), ("wooden", ""), ("blueish", "")],
)
def test_colours_among_attributes(attribute, colour):
    assert colour_of(attribute) == colour
