"""Sentences that ask for joints."""

import re

import pytest

from ieiw.builders.instructions.point_sentences import SENTENCES, Wish, fill_points, simple_points

WISHES = [Wish("left elbow", "red"), Wish("nose", "orange"), Wish("top of the head", "blue")]


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
