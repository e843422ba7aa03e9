"""Sentences that ask for joints."""

import re

import pytest

from ieiw.builders.instructions.point_sentences import SENTENCES, Wish, fill_points, simple_points

WISHES = [Wish("left elbow", "red"), Wish("nose", "orange"), Wish("top of the head", "blue")]


@pytest.mark.parametrize("who", ["the person", "the person on the left"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_sentences_name_every_joint_colour_and_the_person_once(count, who):
    sentences = fill_points(WISHES[:count], who)
    assert len(set(sentences)) == len(SENTENCES) >= 10
    for sentence in sentences:
        assert sentence.count(who) == 1
        assert "{" not in sentence and "  " not in sentence
        for wish in WISHES[:count]:
            assert len(re.findall(rf"\b{wish.joint}\b", sentence)) == 1
            assert len(re.findall(rf"\b{wish.colour}\b", sentence)) == 1
        assert " a orange" not in sentence and " an red" not in sentence
        assert not re.search(rf"{who} (in|with) ", sentence), "a person dressed in red, or with a red dot?"
        assert sentence[0].isupper() and sentence[-1] in ".?"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_disc_is_drawn_on_a_joint_not_a_ring_around_it(count):
    text = " ".join(fill_points(WISHES[:count], "the person")).lower()
    assert "encircle" not in text and "around" not in text and "(" not in text and ":" not in text


@pytest.mark.parametrize(
    ("joint", "who", "words"),
    [
        ("left elbow", "the person", "the person's left elbow"),
        ("nose", "the giraffe", "the giraffe's nose"),
        ("top of the head", "the person", "the top of the person's head"),
        ("base of the tail", "the cow", "the base of the cow's tail"),
        ("left elbow", "the person on the left", "the left elbow of the person on the left"),
        ("top of the head", "the person in front", "the top of the head of the person in front"),
        ("nose", "the king cheetah", "the king cheetah's nose"),
    ],
)
def test_a_joint_belongs_to_somebody_as_people_say_it(joint, who, words):
    assert f"Put a red dot on {words}." in fill_points([Wish(joint, "red")], who)


def test_clauses_are_joined_as_people_do():
    assert fill_points(WISHES, "the person")[0] == (
        "Put a red dot on the person's left elbow, an orange one on the nose and a blue one on the top of the head."
    )


def test_simple_indicators():
    assert simple_points(["nose", "left hip"])[0] == "keypoint detection: nose, left hip"
    assert simple_points(["nose"], "the person on the right")[0] == "keypoint detection (the person on the right): nose"


def test_nothing_to_ask_for():
    with pytest.raises(ValueError, match="without a joint"):
        fill_points([], "the person")
    with pytest.raises(ValueError, match="without a joint"):
        simple_points([])


def test_right_is_nothing_but_a_side():
    assert not [sentence for sentence in fill_points(WISHES, "the person") if "right" in sentence]
