"""Classification: the colour says whether the class is there."""

import pytest

from ieiw.builders.tasks.classify import Classify
from ieiw.builders.vocabulary import classes_document
from ieiw.triplets.drawings import colour
from ieiw.triplets.rejects import Refusal
from tests.support.opened import TOOLS, opened, pixels, triplets

NAMES = {1: "Abyssinian cat", 2: "beagle", 3: "pug"}


def test_the_colour_says_whether_the_class_is_there():
    record = opened({"class": "beagle", "class_id": 2}, classes=classes_document(NAMES))
    made = triplets(Classify(TOOLS, {}), record, 60)
    assert {triplet.answer.asked.spoken for triplet in made} == set(NAMES.values())
    assert 15 < sum(triplet.answer.present for triplet in made) < 45
    for triplet in made:
        answer = triplet.answer
        assert answer.present == (answer.asked.spoken == "beagle")
        assert colour.read(pixels(triplet.target)) == (answer.yes if answer.present else answer.no, 1.0)
        assert set(answer.yes.split()).isdisjoint(answer.no.split())
        assert all(name in sentence for name in (answer.yes, answer.no) for sentence in triplet.alternatives)
        article = "an" if answer.asked.spoken[0] == "A" else "a"
        assert f" {article} {answer.asked.spoken}" in triplet.instruction


def test_simple_indicators_have_fixed_colours():
    record = opened({"class": "beagle", "class_id": 2}, classes=classes_document(NAMES))
    (triplet,) = triplets(Classify(TOOLS, {"instructions": "simple", "negatives": 0}), record, 1)
    assert (triplet.instruction, triplet.answer.colour) == ("image classification: beagle", "white")


def test_fixed_prompts_are_one_sentence():
    beagle = opened({"class": "beagle", "class_id": 2}, classes=classes_document(NAMES))
    for triplet in triplets(Classify(TOOLS, {"instructions": "fixed", "negatives": 0}), beagle, 5):
        yes, no = triplet.answer.yes, triplet.answer.no
        assert triplet.alternatives == (f"show {yes} if the picture contains a beagle, otherwise show {no}",)


def test_a_class_that_has_another_number_now_is_refused():
    record = opened(
        {"class": "beagle", "class_id": 2}, classes=classes_document({1: "Abyssinian cat", 2: "basset", 3: "beagle"})
    )
    with pytest.raises(Refusal, match="class 2 was beagle when this was planned, and is basset now"):
        triplets(Classify(TOOLS, {}), record, 1)
