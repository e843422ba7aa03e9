"""Sentences of replacement without a model."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.builders.instructions.coco_nouns import COCO_CLASSES
from ieiw.builders.instructions.replacing import Described, check_written, phrases, sentences
from ieiw.builders.instructions.template_sets import hand_written
from ieiw.triplets.rejects import Reason, Refusal

DOG = Described("a dog running on the grass", "Dog")


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        (DOG, Described("a cute cat with black and white stripes"), ("the dog", "a cute cat with black and white stripes")),
        (Described("red object", "", "red", "on the left"), Described("", "Dog"), ("the red area on the left", "a dog")),
        (Described("", "Car", "blue", "on the right", 2), Described("", "Bus"), ("the blue car on the right", "a bus")),
        (Described("a black dog"), Described("a brown and white dog"), ("the black dog", "a brown and white dog")),
        (Described("", "tv", "black"), Described("", "TV", "white"), ("the black TV", "a white TV")),
        (Described("", "Person", "black", "", 0), Described("", "Scissors"), ("the person", "a pair of scissors")),
        (Described("", "bird on top of tree"), Described("", "Bread"), ("the bird on top of the tree", "some bread")),
    ],
)  # fmt: skip
def test_source_and_target_are_named(source, target, said):
    assert phrases(source, target) == said


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        (DOG, Described("a puppy"), Reason.INSTRUCTION_UNUSABLE),
        (DOG, Described("a brown dog"), Reason.INSTRUCTION_UNUSABLE),
        (Described("a man"), Described("", "Person", "red"), Reason.INSTRUCTION_UNUSABLE),
        (Described("a gray cat"), Described("a grey cat"), Reason.INSTRUCTION_UNUSABLE),
        (Described("", "Human face"), Described("", "Dog"), Reason.INSTRUCTION_UNUSABLE),
        (DOG, Described("a cat on a couch", "Horse"), Reason.INSTRUCTION_UNUSABLE),
        (Described("", "Car", alike=1), DOG, Reason.AMBIGUOUS),
        (Described("", "Car", "red", alike=20), DOG, Reason.AMBIGUOUS),
        (Described(), DOG, Reason.NO_CAPTION),
        (DOG, Described(), Reason.NO_CAPTION),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_refused(source, target, reason):
    with pytest.raises(Refusal) as refused:
        sentences(source, target)
    assert refused.value.reason is reason


def test_all_templates_are_filled_or_the_recipes_own():
    assert len(sentences(DOG, Described("", "Cat"))) == len(hand_written("replacement")) >= 10
    assert sentences(DOG, Described("", "Cat"), ["no more {the}, but {a}"]) == ("no more the dog, but a cat",)


def test_no_with_follows_another():
    said = sentences(Described("a man with a hat"), DOG)
    assert len(said) >= 2 and not [sentence for sentence in said if "hat with" in sentence]
    assert sentences(Described("a man with a hat"), DOG, ["replace {the} with {a}"])


NOUNS = st.sampled_from(
    ["", *sorted(COCO_CLASSES), "Traffic sign", "Human hand", "Footwear", "Sea lion", "running dog", "wall-brick"]
)
CAPTIONS = st.sampled_from(
    [
        "",
        "a brown dog",
        "two cats",
        "a man in a red shirt",
        "a group of people",
        "red object",
        "arafed car",
        "xyzzy",
        "bread",
        "shoes",
    ]
)
DESCRIBED = st.builds(
    Described,
    CAPTIONS,
    NOUNS,
    st.sampled_from(["", "red", "white"]),
    st.sampled_from(["", "on the left"]),
    st.integers(0, 6),
)


@settings(max_examples=400, deadline=None)
@given(DESCRIBED, DESCRIBED)
def test_sentences_are_well_formed_and_pass_the_check_of_written_ones(source, target):
    try:
        said = sentences(source, target)
    except Refusal:
        return
    assert len(set(said)) == len(said) >= 2
    for sentence in said:
        assert sentence == " ".join(sentence.split()) and "{" not in sentence
        if sentence.startswith(("change", "replace", "turn", "swap", "exchange", "put")):
            check_written(sentence, source, target)


@pytest.mark.skipif(not os.environ.get("IEIW_REAL_DATA"), reason="IEIW_REAL_DATA is not set: no real samples")
def test_real_captions_never_crash():
    files = sorted((Path(os.environ["IEIW_REAL_DATA"]) / "coco" / "annotations").glob("captions_*.json"))
    captions = [one["caption"] for file in files for one in json.loads(file.read_text())["annotations"]]
    said = 0
    for caption in captions:
        try:
            said += bool(sentences(Described(caption), Described("", "Zebra")))
        except Refusal as refusal:
            assert refusal.reason is Reason.INSTRUCTION_UNUSABLE
    assert said > len(captions) / 3
