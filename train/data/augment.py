"""What changes from epoch to epoch: the sentence, the crop, the flip. Source and target are always treated alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ieiw.triplets.images.square import fill_square
from ieiw.triplets.layout.sentences import is_sided
from ieiw.triplets.records import Image


class Dice(NamedTuple):
    """What chance decides for a sample in an epoch: numbers in [0, 1)."""

    sentence: float = 0.0
    flip: float = 0.0
    across: float = 0.0
    down: float = 0.0
    colours: float = 0.0


DICE = len(Dice._fields)
"""Numbers drawn for a sample."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How samples are brought to one size and varied.

    Attributes:
        size: of the square pictures handed out, in pixels.
        crop: ``random`` or ``centre`` part of the picture, whose shorter side is scaled to ``size``; none if it is square.
        flip: share of the samples to mirror, 0..1. Never those whose sentence speaks of sides or of something to be read.
        alternatives: draw the sentence from all alternatives; else the sample's own.
        redraw: draw points, masks and boxes again in other colours, as the paper does at every epoch.
    """

    size: int
    crop: str = "random"
    flip: float = 0.0
    alternatives: bool = True
    redraw: bool = False


def sentence(own: str, alternatives: Sequence[str], augmentation: Augmentation, dice: Dice) -> str:
    """The instruction of a sample for this epoch."""
    if augmentation.alternatives and alternatives:
        return alternatives[int(dice.sentence * len(alternatives))]
    return own


def flips(text: str, augmentation: Augmentation, dice: Dice) -> bool:
    """Whether to mirror both pictures."""
    return dice.flip < augmentation.flip and not is_sided(text)


def place(picture: Image, out: Image, augmentation: Augmentation, mirror: bool, dice: Dice) -> None:
    """Fill ``out`` (size, size, 3) with the square that the dice choose, mirrored or not."""
    across, down = (dice.across, dice.down) if augmentation.crop == "random" else (0.5, 0.5)
    fill_square(picture, out, across, down, mirror)
