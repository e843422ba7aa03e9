"""What varies from epoch to epoch: source and target alike, sides and writing never mirrored."""

import numpy as np
import pytest

from ieiw.train.data.augment import Augmentation, Dice, flips, place, sentence


def test_pictures_of_any_shape_become_squares_alike():
    gradient = np.zeros((40, 80, 3), np.uint8)
    gradient[..., 0] = np.arange(80)
    out = [np.empty((20, 20, 3), np.uint8) for _ in range(3)]
    changes = Augmentation(size=20)
    dice = Dice(across=0.75, down=0.2)
    place(gradient, out[0], changes, False, dice)
    place(gradient, out[1], changes, True, dice)
    place(gradient, out[2], Augmentation(size=20, crop="centre"), False, dice)
    assert np.array_equal(out[0][:, ::-1], out[1])
    assert abs(int(out[0][0, 0, 0]) - 30) <= 1 and abs(int(out[2][0, 0, 0]) - 20) <= 1


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("Remove the dog on the left.", False),
        ("Remove the RIGHTMOST car", False),
        ("mark the left-hand window", False),
        ("turn it counterclockwise", False),
        ("Remove the sign", False),
        ("Remove the bright lamp", True),
        ("Add the copyrighted leftover", True),
    ],
)
def test_sides_and_writing_are_never_mirrored(text, may):
    assert flips(text, Augmentation(size=8, flip=1.0), Dice(flip=0.5)) is may


def test_sentences_are_drawn_from_the_alternatives():
    changes = Augmentation(size=8)
    assert sentence("a", ["a", "b"], changes, Dice(sentence=0.6)) == "b"
    assert sentence("a", ["a", "b"], Augmentation(size=8, alternatives=False), Dice(sentence=0.6)) == "a"
    assert sentence("a", [], changes, Dice(sentence=0.6)) == "a"
