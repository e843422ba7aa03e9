"""What an edit says of its object, compared with the object's mask and the pixels beneath it.

Only the plainest contradictions count: a mask of several things where the words speak of one; a colour of which next to nothing is
there (a brown teddy bear called orange); and one that the surroundings show as much (a glass called orange for the table behind it,
everything in blue light), since such a word is theirs. White, black, gray and brown are never doubted: light makes anything so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from ieiw.builders.mask_components import far_apart, mask_parts
from ieiw.triplets.images.masks import dilate
from ieiw.triplets.records import Image, Mask
from ieiw.triplets.rejects import Reason, Refusal

_LEAST = 0.02
"""Share of the mask's pixels that must have the named colour."""
_AROUND = 30.0
"""How far the surroundings reach, in per cent of the square root of the mask's area."""
_COLOURS: dict[str, tuple[int, int, int, int]] = {
    "red": (168, 9, 90, 50),
    "orange": (4, 24, 110, 130),  # darker is brown, paler is beige
    "yellow": (18, 38, 80, 110),
    "green": (33, 95, 40, 30),
    "blue": (85, 135, 40, 30),
    "purple": (118, 172, 30, 30),
    "pink": (140, 12, 25, 110),
}
"""Colour word -> first and last hue (0..179, round the circle), least saturation and least brightness (0..255): all that anybody
would call so, and more."""


def colour_of(attribute: str) -> str:
    """The colour that an attribute (``dark blue``) claims and pixels can contradict; empty for all others."""
    last = attribute.lower().rpartition(" ")[2]
    return last if last in _COLOURS else ""


def true_of(words: Sequence[str], said: Mapping[str, Any], shown: Image, mask: Mask) -> tuple[str, ...]:
    """Those instructions that the pixels do not contradict.

    Args:
        words: instructions, at least one.
        said: ``several`` (whether they speak of more than one thing), and ``colours``: words that claim one -> the colour.
        shown: RGB picture that shows the object.
        mask: of the object, same size.

    Raises:
        Refusal: ``ambiguous``: several things in one mask; ``phrase_contradicted``: every instruction names a wrong colour.
    """
    if not said["several"] and far_apart(mask_parts(mask)):
        raise Refusal(Reason.AMBIGUOUS, "several things in one mask")
    around = dilate(mask, _AROUND, 1) & ~mask
    wrong = [
        re.compile(rf"\b{re.escape(text)}\b", re.IGNORECASE)  # whole words: a colored car is no red car
        for text, colour in said["colours"].items()
        if not _shows(colour, shown[mask], shown[around])
    ]
    sound = tuple(sentence for sentence in words if not any(pattern.search(sentence) for pattern in wrong))
    if not sound:
        raise Refusal(
            Reason.PHRASE_CONTRADICTED,
            f"{words[0]!r}: the object does not have that colour, or no more of it than what lies around",
        )
    return sound


def _shows(colour: str, inside: Image, around: Image) -> bool:
    """Whether pixels (N, 3) beneath a mask have a colour, and more so than those around it; an empty mask tells nothing."""
    share = _share(inside, colour) if len(inside) else 1.0
    return share >= _LEAST and (not len(around) or share > _share(around, colour))


def _share(pixels: Image, colour: str) -> float:
    """Of the pixels (N, 3) that may be called so."""
    first, last, saturated, bright = _COLOURS[colour]
    hue, saturation, brightness = cv2.split(cv2.cvtColor(pixels[:, None], cv2.COLOR_RGB2HSV))
    near = (hue >= first) & (hue <= last) if first <= last else (hue >= first) | (hue <= last)
    return float(np.mean(near & (saturation >= saturated) & (brightness >= bright)))
