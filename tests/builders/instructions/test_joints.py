"""Names of joints, and the sentences that ask for them."""

import re
from itertools import pairwise

import pytest

from ieiw.builders.instructions.joints import LAYOUTS, fixed_colour, joint_key, species, spoken
from ieiw.builders.instructions.point_sentences import SENTENCES, Wish, fill_points, simple_points

WISHES = [Wish("left elbow", "red"), Wish("nose", "orange"), Wish("top of the head", "blue")]
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


@pytest.mark.parametrize("count", [1, 2, 3])
def test_sentences_name_every_joint_colour_and_the_person_once(count):
    sentences = fill_points(WISHES[:count], "the person on the left")
    assert len(set(sentences)) == len(SENTENCES) >= 10
    for sentence in sentences:
        assert sentence.count("the person on the left") == 1
        assert "{" not in sentence and "  " not in sentence
        for wish in WISHES[:count]:
            assert sentence.count(f"the {wish.joint}") == 1
            assert len(re.findall(rf"\b{wish.colour}\b", sentence)) == 1
        assert " a orange" not in sentence and " an red" not in sentence
        assert not re.search(r"on the left in \w+", sentence), "a person dressed in red?"
        assert sentence[0].isupper() and sentence[-1] in ".?"


def test_clauses_are_joined_as_people_do():
    assert fill_points(WISHES, "the person")[1] == (
        "Put a red dot on the left elbow of the person, an orange one on the nose and a blue one on the top of the head."
    )


def test_simple_indicators():
    assert simple_points(["nose", "left hip"])[0] == "keypoint detection: nose, left hip"
    assert simple_points(["nose"], "the person on the right")[0] == "keypoint detection (the person on the right): nose"


def test_nothing_to_ask_for():
    with pytest.raises(ValueError, match="without a joint"):
        fill_points([], "the person")
    with pytest.raises(ValueError, match="without a joint"):
        simple_points([])
