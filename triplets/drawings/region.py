"""A region of a picture covered with a colour that lets the picture through.

Reading goes from the pictures before and after to the mask, and to the colour where it is not known. Each pixel's change is
projected on the change that the colour would have made, and compared with half of it. Where the colour would have made nearly
none – the paint is as dark or as bright as what lies beneath – the neighbours decide together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from ieiw.triplets import records
from ieiw.triplets.drawings.asked import Asked
from ieiw.triplets.drawings.contrast import visible_on
from ieiw.triplets.drawings.palette import Rgb, mix
from ieiw.triplets.drawings.sentence_colours import exchangeable, exchanged
from ieiw.triplets.images.masks import Rle, from_rle
from ieiw.triplets.records import Image, Mask

_CLEAR = 20.0
"""Change in grey levels (length of the RGB vector) from which on a pixel decides alone."""
_NOISE = 12.0
"""Change that JPEG at quality 95 makes to a pixel at most, but for a few in a thousand."""
_REACH = 5
"""Side of the square of neighbours that decide together, in pixels."""


class Answer(records.Answer, tag="region", frozen=True, kw_only=True):
    """What is covered, and in which colour.

    Attributes:
        asked: what the sentence asks to mark.
        present: whether the picture shows it; if not, nothing is covered.
        colour: name of the paint.
        rgb: its value.
        alpha: its opacity, 0..1.
        mask: where it is.
        void: where nobody says what is there; disjoint from the mask.
        box: x, y, width, height of the mask, in pixels; empty where there is none.
    """

    asked: Asked
    present: bool
    colour: str
    rgb: Rgb
    alpha: float
    mask: Rle
    void: Rle
    box: tuple[int, ...]

    def redraw(self, source: Image, sentence: str, rng: np.random.Generator) -> tuple[Image, str] | None:
        """See :meth:`ieiw.triplets.records.Answer.redraw`; None also where the mask does not fit the picture."""
        colours = exchangeable(sentence, [(self.colour, self.rgb)]) if self.present else None
        if colours is None or tuple(self.mask.size) != source.shape[:2]:
            return None
        mask = from_rle(self.mask)
        new = visible_on(source, mask, rng, alpha=self.alpha, colours=colours)
        return draw(source, mask, colours[new], self.alpha), exchanged(sentence, {self.colour: new})


def draw(image: Image, mask: Mask, colour: Rgb, alpha: float = 0.5) -> Image:
    """A region covered with a colour that lets the picture through.

    Args:
        image: to draw on.
        mask: true where the region is; of the picture's size.
        colour: to cover with.
        alpha: 0 changes nothing, 1 is opaque.

    Raises:
        ValueError: mask and picture differ in size, or alpha is not within 0..1.
    """
    if mask.shape != image.shape[:2]:
        raise ValueError(f"a mask of {mask.shape} on a picture of {image.shape[:2]}")
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha {alpha}: 0 to 1 is needed")
    levels = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    mix(levels, colour, np.float32(alpha), levels)
    table = levels[None]  # what becomes of each level of each colour
    inside = mask.view(np.uint8)
    x, y, width, height = cv2.boundingRect(inside)
    around = np.s_[y : y + height, x : x + width]
    drawn = image.copy()
    if width:
        drawn[around] = cv2.copyTo(cv2.LUT(image[around], table), inside[around], drawn[around])
    return drawn


def read(source: Image, target: Image, colour: Rgb, alpha: float = 0.5) -> Mask:
    """Where ``target`` is ``source`` painted over with a colour at ``alpha``; both decoded, of one size.

    Returns:
        Mask (height, width).

    Raises:
        ValueError: the pictures differ in size, or alpha is not within 0..1.
    """
    painted, expected = _changes(source, target, colour, alpha)
    power = cast(npt.NDArray[np.float32], np.einsum("hwc,hwc->hw", expected, expected))
    shared = cast(npt.NDArray[np.float32], np.einsum("hwc,hwc->hw", painted, expected))
    own = shared > 0.5 * power
    around = cv2.boxFilter(shared, -1, (_REACH, _REACH)) > 0.5 * cv2.boxFilter(power, -1, (_REACH, _REACH))
    return np.where(power >= _CLEAR**2, own, around).astype(np.bool_)


def read_colour(source: Image, target: Image, colours: Mapping[str, Rgb], alpha: float = 0.5) -> tuple[str, Mask]:
    """The colour of a palette that explains the change best, and its mask; an empty name where nothing was painted.

    Raises:
        ValueError: as :func:`read`.
    """
    change = np.abs(target.astype(np.float32) - source).sum(axis=2)
    change[change < _NOISE] = 0  # what coding makes
    best, name, mask = float(np.minimum(change, 255).sum()), "", np.zeros(source.shape[:2], np.bool_)
    for candidate, rgb in colours.items():
        painted, expected = _changes(source, target, rgb, alpha)
        found = read(source, target, rgb, alpha)
        left = float(np.minimum(np.abs(painted - expected * found[..., None]).sum(axis=2), 255).sum())
        if found.any() and left < best:
            best, name, mask = left, candidate, found
    return name, mask


def _changes(
    source: Image, target: Image, colour: Rgb, alpha: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The change that happened, and the one that painting everywhere would have made; (height, width, 3) each."""
    if source.shape != target.shape:
        raise ValueError(f"pictures of {source.shape[:2]} and {target.shape[:2]}")
    if not 0 < alpha <= 1:
        raise ValueError(f"alpha {alpha}: more than 0, at most 1 is needed")
    before = source.astype(np.float32)
    return target.astype(np.float32) - before, (np.asarray(colour, np.float32) - before) * np.float32(alpha)
