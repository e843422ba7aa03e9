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
