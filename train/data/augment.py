"""What changes from epoch to epoch: the sentence, the crop, the flip. Source and target are always treated alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from ieiw.triplets.records import Image

_SIDED = re.compile(
    r"\b(left|right|leftmost|rightmost|left-?hand(ed)?|right-?hand(ed)?|leftward\w*|rightward\w*|(anti|counter-?)?clockwise|east\w*|west\w*"
    r"|letters?|words?|text|sign|writing|numbers?|digits?|logo)\b",
    re.IGNORECASE,
)


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
    """Whether to mirror both pictures.

    "Right" may be a side, a direction or a mere filler: swapping words is not exact, so such samples stay as they are.
    """
    return dice.flip < augmentation.flip and not _SIDED.search(text)


def place(picture: Image, out: Image, augmentation: Augmentation, mirror: bool, dice: Dice) -> None:
    """Crop a square of ``picture``, scale it to ``out`` (size, size, 3), mirror it; cut before scaling, the cheaper order."""
    height, width = picture.shape[:2]
    if (height, width) != out.shape[:2]:
        side = min(height, width)
        across, down = (dice.across, dice.down) if augmentation.crop == "random" else (0.5, 0.5)
        left, top = int(across * (width - side + 1)), int(down * (height - side + 1))
        picture = picture[top : top + side, left : left + side]
    if picture.shape[:2] != out.shape[:2]:
        kind = cv2.INTER_AREA if picture.shape[0] > out.shape[0] else cv2.INTER_CUBIC
        picture = cv2.resize(picture, (out.shape[1], out.shape[0]), interpolation=kind)  # type: ignore[assignment]
    np.copyto(out, picture[:, ::-1] if mirror else picture)
