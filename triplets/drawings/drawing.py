"""Points, regions and boxes drawn on pictures: pure functions, the picture given is never changed.

What the paper draws for key points, segmentation and detection. All sizes are pixels; :func:`share_of` makes pixels of a share
of the picture, so that a drawing looks the same at any size. Coordinates are continuous: (0, 0) is the upper left corner of the
picture and (0.5, 0.5) the centre of its first pixel; for the index of a pixel add one half.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

import cv2
import numpy as np
import numpy.typing as npt

from ieiw.triplets.records import Image, Mask

Colour = tuple[int, int, int]
"""Red, green, blue, 0..255."""
Box = tuple[float, float, float, float]
"""x, y, width, height, as COCO writes boxes."""


def share_of(image: Image, share: float) -> float:
    """Pixels that are ``share`` (0..1) of the picture's shorter side."""
    return float(share * min(image.shape[:2]))


def draw_points(
    image: Image, points: Iterable[Sequence[float]], radius: float, colours: Colour | Sequence[Colour]
) -> Image:
    """Filled, opaque, anti-aliased circles; later points cover earlier ones, points outside are cut off at the border.

    Args:
        image: to draw on.
        points: x, y of each centre.
        radius: in pixels, more than 0; from 1 on the pixel that holds the centre has the exact colour.
        colours: one for all points, or one for each.

    Raises:
        ValueError: the radius is not positive, a coordinate is not finite, or colours and points differ in number.
    """
    places = [(float(x), float(y)) for x, y in points]
    shades = _each(colours, len(places))
    if not radius > 0 or not math.isfinite(radius):
        raise ValueError(f"radius {radius}: more than 0 is needed")
    if not all(math.isfinite(x) and math.isfinite(y) for x, y in places):
        raise ValueError("a coordinate is not a finite number")
    drawn = image.copy()
    height, width = image.shape[:2]
    beyond = radius + 1  # where nothing of it shows
    near = [-beyond < x < width + beyond and -beyond < y < height + beyond for x, y in places]
    discs = _discs(list(compress(places, near)), radius, (width, height))
    for (columns, rows, share), shade in zip(discs, compress(shades, near), strict=True):
        patch = drawn[rows, columns]
        _mix(patch, shade, share[..., None], patch)
    return drawn


def shade_region(image: Image, mask: Mask, colour: Colour, alpha: float = 0.5) -> Image:
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
    _mix(levels, colour, np.float32(alpha), levels)
    table = levels[None]  # what becomes of each level of each colour
    inside = mask.view(np.uint8)
    x, y, width, height = cv2.boundingRect(inside)
    around = np.s_[y : y + height, x : x + width]
    drawn = image.copy()
    if width:
        drawn[around] = cv2.copyTo(cv2.LUT(image[around], table), inside[around], drawn[around])
    return drawn


def outline_box(image: Image, box: Box, colour: Colour, width: int = 2) -> Image:
    """The outline of a box, opaque; its outer edge is the box rounded to whole pixels, cut off at the border.

    Args:
        image: to draw on.
        box: x, y, width, height in pixels; a box thinner than two lines is filled.
        colour: of the line.
        width: of the line in pixels, at least 1; it lies inside the box.

    Raises:
        ValueError: width below 1, a coordinate that is not finite, or a box of negative size.
    """
    left, top, across, down = box
    if width < 1:
        raise ValueError(f"line width {width}: at least 1 is needed")
    if not all(map(math.isfinite, box)) or across < 0 or down < 0:
        raise ValueError(f"box {box}: four finite numbers, the last two not negative, are needed")
    x0, y0, x1, y1 = (_rounded(edge) for edge in (left, top, left + across, top + down))
    drawn = image.copy()
    for rows, columns in (
        ((y0, min(y1, y0 + width)), (x0, x1)),
        ((max(y0, y1 - width), y1), (x0, x1)),
        ((y0, y1), (x0, min(x1, x0 + width))),
        ((y0, y1), (max(x0, x1 - width), x1)),
    ):
        drawn[_within(*rows), _within(*columns)] = colour
    return drawn


def _each(colours: Colour | Sequence[Colour], count: int) -> list[Colour]:
    if len(colours) == 3 and isinstance(colours[0], int):
        return [colours] * count  # type: ignore[list-item]
    if len(colours) != count:
        raise ValueError(f"{len(colours)} colours for {count} points")
    return list(colours)  # type: ignore[arg-type]


def _rounded(edge: float) -> int:
    """To the nearest whole pixel, halves up; Python's own rounding would make neighbouring boxes differ by turns."""
    return math.floor(edge + 0.5)


def _within(start: int, end: int) -> slice:
    """A slice that a negative number does not turn round."""
    return slice(max(0, start), max(0, end))


def _discs(
    centres: Sequence[tuple[float, float]], radius: float, size: tuple[int, int]
) -> Iterator[tuple[slice, slice, npt.NDArray[np.float32]]]:
    """For each circle the columns and rows of the picture around it, and each pixel's share of its colour.

    The share falls from 1 to 0 within the pixel that the rim crosses. All circles are worked out at once: they are small, and
    a call of numpy takes longer than its work on one of them.
    """
    if not centres:
        return
    reach, side = radius + 1, math.ceil(2 * radius + 2) + 1
    starts = [(math.floor(x - reach), math.floor(y - reach)) for x, y in centres]
    offsets = np.array([[(0.5 - x, 0.5 - y)] for x, y in centres]).astype(np.float32)
    away = (np.array(starts)[:, None] + np.arange(side)[:, None]).astype(np.float32) + offsets
    away *= away
    shares = np.float32(radius + 0.5) - np.sqrt(away[:, :, None, 1] + away[:, None, :, 0])
    shares = np.minimum(np.maximum(shares, 0), 1)  # np.clip takes three times as long on so little
    width, height = size
    for (left, top), share in zip(starts, shares, strict=True):
        columns, rows = _span(left, side, width), _span(top, side, height)
        yield columns, rows, share[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]


def _span(start: int, length: int, end: int) -> slice:
    """The part of a line of pixels that lies within 0..end; empty where none does."""
    first = min(max(0, start), end)
    return slice(first, max(first, min(end, start + length)))


def _mix(pixels: Image, colour: Colour, share: npt.NDArray[np.float32] | np.float32, out: Image) -> None:
    """Write pixels moved towards a colour by a share of 0..1, rounded."""
    before = pixels.astype(np.float32)
    mixed = np.array(colour, np.float32) - before
    mixed *= share
    mixed += before
    mixed += np.float32(0.5)
    out[...] = mixed  # cut off: nothing is negative
