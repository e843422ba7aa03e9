"""Outlines of boxes, read back also where they cross, touch or nest.

Pixels that took the colour are found as for masks. Corners are where a horizontal and a vertical line of the known width
begin or end; boxes are corners that four unbroken lines join. Of all such boxes, those with the fewest gaps are taken first,
and of these the ones that explain most of the colour, until nothing is left: the overlap of two boxes has four unbroken sides
too, but explains nothing that they do not; two boxes beside each other look like a wide one, but for the gap between them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from ieiw.triplets import records
from ieiw.triplets.drawings import region
from ieiw.triplets.drawings.asked import AskedClass
from ieiw.triplets.drawings.contrast import visible_on
from ieiw.triplets.drawings.palette import Rgb
from ieiw.triplets.drawings.sentence_colours import exchangeable, exchanged
from ieiw.triplets.records import Image, Mask

PixelBox = tuple[int, int, int, int]
"""x, y, width, height in whole pixels; the outer edge of the outline."""

_UNBROKEN = 0.9
"""Share of a line's pixels that must have the colour: what lies beneath can hide a few."""
_TIERS = (0.995, 0.97, _UNBROKEN)
"""Boxes whose most broken side has this share are taken before all others."""
_MOST_CORNERS = 2_000


class Answer(records.Answer, tag="boxes", frozen=True, kw_only=True):
    """The boxes of a class.

    Attributes:
        asked: the class.
        boxes: x, y, width, height of each thing of the class as annotated, in pixels.
        outlines: what is drawn, in whole pixels; of equal boxes once.
        colour: name of the lines' colour.
        rgb: its value.
        line: width of the lines in pixels.
    """

    asked: AskedClass
    boxes: tuple[tuple[float, float, float, float], ...]
    outlines: tuple[PixelBox, ...]
    colour: str
    rgb: Rgb
    line: int

    def redraw(self, source: Image, sentence: str, rng: np.random.Generator) -> tuple[Image, str] | None:
        """See :meth:`ieiw.triplets.records.Answer.redraw`."""
        colours = exchangeable(sentence, [(self.colour, self.rgb)])
        if colours is None:
            return None
        new = visible_on(source, lines_mask(source.shape, self.outlines, self.line), rng, colours=colours)
        return draw(source, self.outlines, colours[new], self.line), exchanged(sentence, {self.colour: new})


def draw(image: Image, boxes: Iterable[Sequence[float]], colour: Rgb, width: int = 2) -> Image:
    """The outlines of boxes, opaque; the outer edge is the box rounded to whole pixels, cut off at the border.

    Args:
        image: to draw on.
        boxes: x, y, width, height in pixels; a box thinner than two lines is filled.
        colour: of the lines.
        width: of the lines in pixels, at least 1; they lie inside the box.

    Raises:
        ValueError: width below 1, a coordinate that is not finite, or a box of negative size.
    """
    if width < 1:
        raise ValueError(f"line width {width}: at least 1 is needed")
    drawn = image.copy()
    for box in boxes:
        left, top, across, down = box
        if not all(map(math.isfinite, box)) or across < 0 or down < 0:
            raise ValueError(f"box {box}: four finite numbers, the last two not negative, are needed")
        # To the nearest whole pixel, halves up; Python's own rounding would make neighbouring boxes differ by turns.
        x0, y0, x1, y1 = (math.floor(edge + 0.5) for edge in (left, top, left + across, top + down))
        for rows, columns in (
            ((y0, min(y1, y0 + width)), (x0, x1)),
            ((max(y0, y1 - width), y1), (x0, x1)),
            ((y0, y1), (x0, min(x1, x0 + width))),
            ((y0, y1), (max(x0, x1 - width), x1)),
        ):
            drawn[_within(*rows), _within(*columns)] = colour
    return drawn


def lines_mask(shape: tuple[int, ...], boxes: Iterable[Sequence[float]], width: int) -> Mask:
    """The pixels of all outlines on a picture of this shape; arguments as :func:`draw`."""
    return draw(np.zeros((*shape[:2], 3), np.uint8), boxes, (255, 255, 255), width)[..., 0] > 0


@dataclass(frozen=True, slots=True)
class _Lines:
    """Sums of the coloured pixels above and left of each pixel, so that any rectangle is counted at once."""

    sums: npt.NDArray[np.int32]
    width: int

    def share(self, x0: _Ints, y0: _Ints, x1: _Ints, y1: _Ints) -> npt.NDArray[np.float64]:
        """Share of coloured pixels within [x0, x1) x [y0, y1)."""
        height, width = self.sums.shape[0] - 1, self.sums.shape[1] - 1
        left, right, top, bottom = (
            np.clip(edge, 0, most) for edge, most in ((x0, width), (x1, width), (y0, height), (y1, height))
        )
        found = self.sums[bottom, right] - self.sums[top, right] - self.sums[bottom, left] + self.sums[top, left]
        return found / np.maximum((x1 - x0) * (y1 - y0), 1)

    def sides(self, x0: _Ints, y0: _Ints, x1: _Ints, y1: _Ints) -> npt.NDArray[np.float64]:
        """Coloured share of the boxes' most broken sides."""
        line = self.width
        sides = (
            self.share(x0, y0, x1, y0 + line),
            self.share(x0, y1 - line, x1, y1),
            self.share(x0, y0, x0 + line, y1),
            self.share(x1 - line, y0, x1, y1),
        )
        return cast(npt.NDArray[np.float64], np.min(sides, axis=0))


_Ints = npt.NDArray[np.int64]


def read(source: Image, target: Image, colour: Rgb, width: int, least: int = 8) -> list[PixelBox]:
    """The boxes outlined in ``target``; both decoded, of one size.

    Args:
        source: picture before.
        target: picture after.
        colour: of the outlines.
        width: of the lines in pixels.
        least: smallest side of a box, in pixels.

    Returns:
        Boxes from top to bottom, then from left to right.

    Raises:
        ValueError: pictures of different sizes, or a width below 1.
    """
    if width < 1:
        raise ValueError(f"line width {width}: at least 1 is needed")
    return read_lines(region.read(source, target, colour, alpha=1.0), width, least)


def read_lines(drawn: Mask, width: int, least: int = 8) -> list[PixelBox]:
    """The boxes whose outlines, ``width`` pixels wide, make up a mask; arguments as :func:`read`."""
    sums = np.zeros((drawn.shape[0] + 1, drawn.shape[1] + 1), np.int32)
    np.cumsum(np.cumsum(drawn, axis=0, dtype=np.int32), axis=1, out=sums[1:, 1:])
    lines = _Lines(sums, width)
    found = _candidates(lines, drawn.shape, max(least, 2 * width))
    left, boxes = drawn.copy(), list[PixelBox]()
    worst = lines.sides(*found.T)
    for least_share, most_share in zip(_TIERS, (2.0, *_TIERS), strict=False):
        boxes += _explaining(found[(worst >= least_share) & (worst < most_share)], left, width)
    return sorted(_needed(boxes, drawn, width), key=lambda box: (box[1], box[0], box[3], box[2]))


def _within(start: int, end: int) -> slice:
    """A slice that a negative number does not turn round."""
    return slice(max(0, start), max(0, end))


def _candidates(lines: _Lines, shape: tuple[int, ...], least: int) -> _Ints:
    """x0, y0, x1, y1 of every box with four unbroken sides, (N, 4)."""
    starts, ends = _corners(lines, shape, least, first=True), _corners(lines, shape, least, first=False)
    pieces = []
    for x0, y0 in starts.tolist():
        x1, y1 = ends[(ends[:, 0] >= x0 + least) & (ends[:, 1] >= y0 + least)].T
        left, top = np.full_like(x1, x0), np.full_like(y1, y0)
        good = lines.sides(left, top, x1, y1) >= _UNBROKEN
        pieces.append(np.stack([left, top, x1, y1], axis=1)[good])
    return np.concatenate(pieces) if pieces else np.zeros((0, 4), np.int64)


def _corners(lines: _Lines, shape: tuple[int, ...], least: int, *, first: bool) -> _Ints:
    """x, y of the upper left corners (``first``), or of the lower right ones, one past the last pixel; (N, 2)."""
    # Prefix sums repeated beyond the border count what lies outside as without colour.
    padded = np.pad(lines.sums, least, mode="edge")
    line = lines.width

    def share(width: int, height: int) -> npt.NDArray[np.float32]:
        """For each corner the coloured share of the rectangle that begins (``first``) or ends there."""
        x, y = (0, 0) if first else (-width, -height)
        rows, columns = shape[0] + 1, shape[1] + 1

        def at(dx: int, dy: int) -> npt.NDArray[np.int32]:
            return padded[least + y + dy :, least + x + dx :][:rows, :columns]

        inside = at(width, height) - at(0, height) - at(width, 0) + at(0, 0)
        return inside.astype(np.float32) / np.float32(width * height)

    across, down = share(least, line), share(line, least)
    rows, columns = np.nonzero((across >= _UNBROKEN) & (down >= _UNBROKEN))
    strength = (across + down)[rows, columns]
    strongest = np.argsort(-strength, kind="stable")[:_MOST_CORNERS]
    return np.stack([columns[strongest], rows[strongest]], axis=1).astype(np.int64)


def _explaining(boxes: _Ints, left: Mask, width: int) -> list[PixelBox]:
    """The boxes that explain the colour, each time the one that explains most of what is left; it is wiped from ``left``."""
    outlines = [_outline(box, width) for box in boxes.tolist()]
    open_boxes, found = list(range(len(outlines))), list[PixelBox]()
    gains = {at: _inside(left, outlines[at]) for at in open_boxes}
    while open_boxes:
        best = max(open_boxes, key=lambda at: gains[at])  # the first of equals: the strongest corner
        x0, y0, x1, y1 = boxes[best].tolist()
        if gains[best] < _least_gain((x0, y0, x1 - x0, y1 - y0), width):
            break
        found.append((x0, y0, x1 - x0, y1 - y0))
        for part in _widened(outlines[best]):
            left[part] = False
        open_boxes.remove(best)
        gains = {at: _inside(left, outlines[at]) for at in open_boxes if gains[at] > 0}
        open_boxes = list(gains)
    return found


def _needed(boxes: list[PixelBox], drawn: Mask, width: int) -> list[PixelBox]:
    """The boxes without those that others explain: the smallest are looked at first, what is left of colour must be their own."""
    times = np.zeros(drawn.shape, np.int16)
    outlines = {box: _outline([box[0], box[1], box[0] + box[2], box[1] + box[3]], width) for box in boxes}
    covers = {box: np.zeros(drawn.shape, np.bool_) for box in outlines}
    for box, cover in covers.items():
        for part in _widened(outlines[box]):
            cover[part] = True
        times += cover
    kept = set(boxes)
    for box in sorted(boxes, key=lambda box: (box[2] + box[3], box)):
        own = drawn & (times == 1)
        if _inside(own, outlines[box]) < _least_gain(box, width):
            times -= covers[box]
            kept.remove(box)
    return list(kept)


def _widened(parts: _Parts) -> Iterator[tuple[slice, ...]]:
    """The sides of an outline with the pixel around them: a line's blurred rim must not make a second box."""
    return (tuple(slice(max(0, span.start - 1), span.stop + 1) for span in part) for part in parts)


def _least_gain(box: PixelBox, width: int) -> float:
    """Pixels that a box must explain alone to be there: the square of a corner, and a twentieth of the outline."""
    return max(2.0 * width * width, 0.05 * (box[2] + box[3]) * 2 * width)


_Parts = tuple[tuple[slice, slice], ...]


def _outline(box: list[int], width: int) -> _Parts:
    x0, y0, x1, y1 = box
    return (
        (slice(y0, y0 + width), slice(x0, x1)),
        (slice(y1 - width, y1), slice(x0, x1)),
        (slice(y0 + width, y1 - width), slice(x0, x0 + width)),
        (slice(y0 + width, y1 - width), slice(x1 - width, x1)),
    )


def _inside(mask: Mask, parts: _Parts) -> int:
    return sum(int(np.count_nonzero(mask[part])) for part in parts)
