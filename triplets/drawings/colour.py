"""A whole picture in one plain colour, which says yes or no."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ieiw.triplets import records
from ieiw.triplets.drawings.asked import AskedClass
from ieiw.triplets.drawings.palette import PALETTE, Rgb, nearest
from ieiw.triplets.records import Image


class Answer(records.Answer, tag="colour", frozen=True, kw_only=True):
    """Whether the picture is of a class.

    Attributes:
        asked: the class that the sentence names.
        true_class: the picture's own, as the data set writes it.
        present: whether they are the same.
        colour: name of the target's colour, one of ``yes`` and ``no``.
        rgb: its value.
        yes: name of the colour that says yes.
        no: name of the colour that says no.
    """

    asked: AskedClass
    true_class: str
    present: bool
    colour: str
    rgb: Rgb
    yes: str
    no: str


def draw(image: Image, colour: Rgb) -> Image:
    """A plain picture of the size of ``image``."""
    return np.full_like(image, colour)


def read(target: Image, colours: Mapping[str, Rgb] = PALETTE) -> tuple[str, float]:
    """The colour of a plain picture.

    Args:
        target: decoded, (height, width, 3).
        colours: what it may be.

    Returns:
        The name of the colour nearest to the median pixel, and the share (0..1) of pixels within 32 levels of that median in
        every channel: near 1 for a plain picture.
    """
    pixels = target.reshape(-1, 3)
    middle = np.median(pixels, axis=0)
    plain = (np.abs(pixels.astype(np.float32) - middle.astype(np.float32)) <= 32).all(axis=1)
    return nearest(middle.tolist(), colours), float(plain.mean())
