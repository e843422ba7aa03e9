"""Sentences of removal and addition."""

import re

import pytest

from ieiw.builders.instructions.phrases import NounPhrase
from ieiw.builders.instructions.templates import TEMPLATES, fill

PEOPLE = NounPhrase("people", "the people", "people", True, "people")


@pytest.mark.parametrize("task", ["removal", "addition"])
def test_there_are_ten_sentences_and_each_names_the_thing_once(task):
    assert len(set(TEMPLATES[task])) == len(TEMPLATES[task]) >= 10
    for sentence in fill(task, PEOPLE):
        assert len(re.findall(r"\bpeople\b", sentence)) == 1


def test_nothing_is_said_as_only_programs_say_it():
    text = " ".join(sentence for task in TEMPLATES for sentence in fill(task, PEOPLE))
    assert not re.search(r"should (not )?have|\binclude\b|\bappear\b", text)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("on the left", "put a dog on the left of the picture"),
        ("in the middle", "add a dog in the middle of the picture"),
        ("to the left of the cat", "add a dog to the left of the cat in the picture"),
        ("above the sink", "I would like to see a dog above the sink in this picture"),
        ("in the top right", "put a dog in the top right of the picture"),
        ("on the right side", "put a dog on the right side of the picture"),
        ("in the background", "put a dog in the background of the picture"),
        ("on the chair", "put a dog on the chair in the picture"),
        ("in the middle of the road", "put a dog in the middle of the road in the picture"),
    ],
)
def test_a_place_in_the_picture_is_said_once(place, said):
    dog = NounPhrase("dog", f"the dog {place}", f"a dog {place}", False, "dog")
    sentences = [*fill("addition", dog), *fill("removal", dog)]
    assert said in sentences
    assert not [sentence for sentence in sentences if sentence.endswith(("left here", "right here"))]


def test_a_recipes_own_sentences_say_a_place_once_too():
    cat = NounPhrase("cat left", "the cat on the left", "a cat on the left", False, "cat")
    assert fill("addition", cat, ["{a} in this photo, please"]) == ("a cat on the left of this photo, please",)
