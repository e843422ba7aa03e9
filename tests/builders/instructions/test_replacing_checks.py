"""Written sentences: those that may stand, and what refuses the others."""

import pytest

from ieiw.builders.instructions.replacing import Described, check_written
from ieiw.triplets.rejects import Reason, Refusal

DOG, CAT = Described("a dog running on the grass", "Dog"), Described("a cute cat with black and white stripes")
RED = Described("a woman in a red dress")
WHITE, BLUE = Described("a white mug"), Described("a blue mug on a table")


@pytest.mark.parametrize(
    ("sentence", "source", "target"),
    [
        ("Change the running dog to a cute cat with black and white stripes", DOG, CAT),
        ("Turn the puppy on the grass into a striped cat.", DOG, CAT),
        ("put a cat in place of the dog", DOG, CAT),
        ("Please swap the dog for a cat", DOG, CAT),
        ("substitute the dog with a cat", DOG, CAT),
        ("substitute a cat for the dog", DOG, CAT),
        ("change the red object on the left to a dog", Described("red object", "", "red", "on the left"), Described("", "Dog")),
        ("replace the white mug with a blue one", WHITE, BLUE),
        ("make the white mug into a blue mug", WHITE, BLUE),
        ("replace the man with a hat with a dog", Described("a man with a hat"), DOG),
        ("turn the man in the suit into a woman wearing a red dress", Described("a man in a suit"), RED),
        ("change the man with a hat to a bunch of bananas", Described("a man with a hat"), Described("a bunch of bananas")),
        ("change the mask to a dog", Described("", "Mask"), DOG),
        ("replace the automobile with a bus", Described("", "Car"), Described("", "Bus")),
        ("replace the scissors with a pair of glasses", Described("", "scissors"), Described("", "Glasses")),
        ("replace the slice of pizza with a sandwich", Described("a slice of pizza on a plate"), Described("a sandwich")),
    ],
)  # fmt: skip
def test_true_sentences_stand(sentence, source, target):
    check_written(sentence, source, target)


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("replace the cat with a dog", "other way round"),
        ("put the dog in place of the cat", "other way round"),
        ("change the dog to a dog", "does not name the cat"),
        ("change the dog to a horse", "does not name the cat"),
        ("change the object to another thing", "does not name the dog"),
        ("change the two dogs to a cat", "another number"),
        ("change the dog to two cats", "another number"),
        ("change the dogs to a cat", "another number"),
        ("change the dog to several cats", "another number"),
        ("Can you change the dog to a cat?", "question"),
        ("把狗换成猫 with a cat and dog", "strange characters"),
        ("change the dog to a cat. Make it cute.", "several sentences"),
        ("I'm sorry, I cannot change the dog", "it speaks of"),
        ("do not change the dog to a cat", "it speaks of"),
        ("replace the source dog with the target cat", "it speaks of"),
        ("change the dog to a cat as in the caption", "it speaks of"),
        ("change the dog", "3 words"),
        ("change the dog to a cat " + "on the grass " * 14, "words"),
        ("a cat with black and white stripes", "no imperative"),
        ("the dog becomes a cat", "no imperative"),
        ("change the dog to a brown cat", "'brown'"),
        ("change the black dog to a cat", "'black'"),
        ("change the dog on the left to a cat", "'left'"),
        ("change the dog on the bench to a cat", "neither caption"),
        ("change the dog to a cat on a sofa", "neither caption"),
        ("change the dog to a cat and make the grass blue", "second edit"),
    ],
)  # fmt: skip
def test_others_are_refused(sentence, why):
    with pytest.raises(Refusal, match=why) as refused:
        check_written(sentence, DOG, CAT)
    assert refused.value.reason is Reason.INSTRUCTION_UNUSABLE


@pytest.mark.parametrize(
    "sentence",
    ["change the mug to a mug", "change the white mug to a white mug", "turn the blue mug into a white mug"],
)  # fmt: skip
def test_the_same_thing_must_look_otherwise(sentence):
    with pytest.raises(Refusal):
        check_written(sentence, WHITE, BLUE)


def test_one_of_several_must_be_told():
    source = Described("a white mug", place="on the left", alike=2)
    check_written("turn the mug on the left into a dog", source, DOG)
    with pytest.raises(Refusal, match="which of 3"):
        check_written("turn the mug into a dog", source, DOG)
