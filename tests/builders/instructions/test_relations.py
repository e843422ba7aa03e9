"""Relations with the articles that a person would say, or a refusal."""

import pytest

from ieiw.builders.instructions.relations import mend, mend_clause
from ieiw.triplets.rejects import Reason, Refusal


@pytest.mark.parametrize(
    ("words", "head", "mended"),
    [
        ("on top of tree", "bird", "on top of the tree"),
        ("holding umbrella", "man", "holding an umbrella"),
        ("in suit and tie", "man", "in a suit and tie"),
        ("in red", "man", "in red"),
        ("of dog", "picture", "of a dog"),
        ("of pizza", "slice", "of pizza"),
        ("facing camera", "cow", "facing the camera"),
        ("playing tennis", "girl", "playing tennis"),
        ("covered in snow", "roof", "covered in snow"),
        ("in grass", "cow", "in the grass"),
    ],
)
def test_articles_are_those_that_a_person_would_say(words, head, mended):
    assert " ".join(mend(words.split(), head)) == mended


@pytest.mark.parametrize("words", ["on top of", "holding", "in and tie", "up under table", "next to the a tree"])
def test_what_cannot_be_read_is_refused(words):
    with pytest.raises(Refusal) as refusal:
        mend(words.split(), "man")
    assert refusal.value.reason is Reason.PHRASE_UNUSABLE


def test_a_relative_clause_keeps_its_verb():
    assert " ".join(mend_clause("that is under railing".split())) == "that is under the railing"
    assert " ".join(mend_clause("which has handle".split())) == "which has a handle"
    assert " ".join(mend_clause("that is red and white".split())) == "that is red and white"
