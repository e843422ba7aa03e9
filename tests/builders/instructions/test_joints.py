"""Names of joints, and the sentences that ask for them."""

import re
from itertools import pairwise

import pytest

from ieiw.builders.instructions.joints import LAYOUTS, fixed_colour, joint_key, species, spoken

COUNTS = {"coco": 17, "crowdpose": 14, "aic": 14, "mpii": 16, "ap10k": 17}
"""Joints that the data sets' papers count."""


def mirrored(name):
    return re.sub("left|right", lambda side: {"left": "right", "right": "left"}[side[0]], name)


def test_layouts_have_as_many_joints_as_the_papers_count():
    assert {layout: len(names) for layout, names in LAYOUTS.items()} == COUNTS


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_left_has_its_right_and_no_name_is_used_twice(layout):
    names = LAYOUTS[layout]
    words = [spoken(name, "zebra") for name in names]
    assert len(set(words)) == len(words)
    assert {mirrored(name) for name in names} == set(names)
    assert {mirrored(word) for word in words} == set(words)
    for name, word in zip(names, words, strict=True):
        assert re.fullmatch(r"[a-z ]+", word)
        for side in ("left", "right"):
            assert name.startswith(side) == word.startswith(side)


@pytest.mark.parametrize(
    ("text", "key"),
    [("Head top", "head_top"), ("head", "head_top"), ("Right Shoulder", "right_shoulder"), ("neck", "neck")],
)
def test_spellings(text, key):
    assert joint_key(text) == key


@pytest.mark.parametrize(
    ("joint", "noun", "word"),
    [
        ("left_front_paw", "zebra", "left front hoof"),
        ("right_back_paw", "cat", "right back paw"),
        ("left_front_paw", species("alouatta"), "left hand"),
        ("left_back_paw", "gorilla", "left foot"),
        ("tail_root", "dog", "base of the tail"),
        ("head_top", "person", "top of the head"),
    ],
)
def test_animals_have_hooves_paws_or_hands(joint, noun, word):
    assert spoken(joint, noun) == word


@pytest.mark.parametrize("layout", LAYOUTS)
def test_fixed_colours_differ(layout):
    colours = sorted(fixed_colour(layout, joint) for joint in range(len(LAYOUTS[layout])))
    assert all(sum(abs(a - b) for a, b in zip(*pair, strict=True)) > 40 for pair in pairwise(colours))


def test_no_such_joint():
    with pytest.raises(ValueError, match="17 joints"):
        fixed_colour("coco", 17)
