"""Colours in sentences are exchanged only where they can be told from other words."""

import pytest

from ieiw.triplets.drawings.palette import PALETTE, PALETTES
from ieiw.triplets.drawings.sentence_colours import exchangeable, exchanged

RED = ("red", PALETTE["red"])


@pytest.mark.parametrize(
    ("sentence", "colours", "palette"),
    [
        ("mark it red", [RED], "default"),
        ("mark it green", [("green", (0, 255, 0))], "release-keypoints"),
        ("mark it lime green", [("lime green", PALETTE["lime green"])], "default"),
        ("mark it", [RED], None),
        ("mark the redder one red", [RED], "default"),
        ("mark the red one red", [RED], None),
        ("mark the blue one red", [RED], None),
        ("mark it red", [("red", (1, 2, 3))], None),
        ("mark it", [("", PALETTE["red"])], None),
    ],
)
def test_each_colour_is_to_be_named_once_and_no_other(sentence, colours, palette):
    assert exchangeable(sentence, colours) == (PALETTES[palette] if palette else None)


def test_whole_names_are_exchanged_at_once():
    names = {"green": "lime green", "lime green": "red", "red": "green"}
    assert exchanged("green, lime green and red; redder", names) == "lime green, red and green; redder"


def test_the_article_goes_with_the_colour():
    names = {"red": "orange", "orange": "red"}
    assert (
        exchanged("put a red dot here and an orange one there", names) == "put an orange dot here and a red one there"
    )
    assert exchanged("An orange box", names) == "A red box"
    assert exchanged("pizza red", names) == "pizza orange"
