"""Filled circles on points, each in a colour of its own.

All sizes are pixels. Coordinates are continuous: (0, 0) is the upper left corner of the picture and (0.5, 0.5) the centre of its
first pixel; for the index of a pixel add one half.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from ieiw.triplets import records
from ieiw.triplets.drawings.contrast import visible_on
from ieiw.triplets.drawings.palette import Rgb, clashing, mix
from ieiw.triplets.drawings.sentence_colours import exchangeable, exchanged
from ieiw.triplets.records import Image

_Share = npt.NDArray[np.float64]

_NEAR = 40.0
"""RGB distance within which a pixel is of a circle's colour: JPEG at quality 85 and more stays below it inside a circle."""
_CHANGED = 20.0
"""Levels by which a pixel must differ from the original in one channel."""
_TOLD = 40.0
"""RGB distance of the original from the colour from which on it can be told how far a pixel went."""
_LEAST = 0.12
"""Share of a circle's area that must be found (a picture's corner leaves a quarter), so that odd pixels are no circle."""
_STEPS = 25
_DONE = 1e-3


class Point(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A joint that the sentence names.

    Attributes:
        joint: its name in the layout.
        words: its words in the sentence.
        colour: name of its circle's colour; empty where the sentence names none.
        rgb: that colour's value.
        drawn: whether a circle is drawn; not for a joint that nobody labelled.
        x, y: of the circle's centre; -1 where none is drawn.
        visibility: 0 not labelled, 1 hidden, 2 seen.
    """

    joint: str
    words: str
    colour: str
    rgb: Rgb
    drawn: bool
    x: float
    y: float
    visibility: int


class Answer(records.Answer, tag="points", frozen=True, kw_only=True):
    """Joints of a person or an animal.

    Attributes:
        points: those that the sentence names, in its order.
        radius: of the circles, in pixels.
        layout: names the joints' order.
        joints: x, y, visibility of all that are labelled, in the layout's order; 0, 0, 0 for the others.
        box: x, y, width, height of the person, in pixels; may reach beyond the picture.
        view: a crop around the ``person``, or the ``whole`` picture.
        who: words for the person.
    """

    points: tuple[Point, ...]
    radius: float
    layout: str
    joints: tuple[tuple[float, float, int], ...]
    box: tuple[float, float, float, float]
    view: Literal["person", "whole"]
    who: str

    def redraw(self, source: Image, sentence: str, rng: np.random.Generator) -> tuple[Image, str] | None:
        """See :meth:`ieiw.triplets.records.Answer.redraw`."""
        colours = exchangeable(sentence, [(point.colour, point.rgb) for point in self.points])
        if colours is None:
            return None
        new: dict[str, str] = {}
        for point in self.points:
            where = [(point.x, point.y)] if point.drawn else []
            taken = set[str]().union(*(clashing(name, colours) for name in new.values()))
            new[point.colour] = visible_on(source, where, rng, radius=self.radius, taken=taken, colours=colours)
        shown = [point for point in self.points if point.drawn]
        shades = [colours[new[point.colour]] for point in shown]
        return draw(source, [(point.x, point.y) for point in shown], self.radius, shades), exchanged(sentence, new)


def draw(image: Image, points: Iterable[Sequence[float]], radius: float, colours: Rgb | Sequence[Rgb]) -> Image:
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
    one = len(colours) == 3 and isinstance(colours[0], int)
    shades: Sequence[Rgb] = [colours] * len(places) if one else colours  # type: ignore[list-item,assignment]
    if len(shades) != len(places):
        raise ValueError(f"{len(shades)} colours for {len(places)} points")
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
        mix(patch, shade, share[..., None], patch)
    return drawn


@dataclass(frozen=True, slots=True)
class _Window:
    """A part of the picture around one circle.

    Attributes:
        x, y: (w,) and (h,) centres of its pixels.
        share: (h, w) how far each pixel went from the original to the circle's colour, 0..1.
        weight: (h, w) 0 where another circle's colour lies or where the original is too close to the colour to tell, else 1.
    """

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    share: _Share
    weight: _Share


def read(source: Image, target: Image, colours: Sequence[Rgb], radius: float) -> list[tuple[float, float] | None]:
    """The centre of the circle of each colour; None where there is none.

    The circle is fitted to how far each pixel went from the original towards the colour; pixels of the other circles count for
    nothing, so that a circle half covered, or cut by the picture's border, is found all the same.

    Args:
        source: (height, width, 3), without circles.
        target: of the same size, with circles.
        colours: of the circles, each different.
        radius: of all circles, in pixels.

    Returns:
        x, y of each centre, continuous: (0.5, 0.5) is the centre of the first pixel.

    Raises:
        ValueError: the pictures differ in size, or the radius is not positive.
    """
    if source.shape != target.shape:
        raise ValueError(f"source {source.shape}, target {target.shape}")
    if not radius > 0:
        raise ValueError(f"radius {radius}: more than 0 is needed")
    after = target.astype(np.float32)
    distances = np.stack([np.linalg.norm(after - np.asarray(colour, np.float32), axis=2) for colour in colours])
    changed = np.abs(after - source).max(axis=2) > _CHANGED
    nearest = distances.argmin(axis=0)
    # The number of the colour that each changed pixel has, -1 for none.
    owner = np.where(changed & (distances.min(axis=0) <= _NEAR), nearest, -1).astype(np.int16)
    return [_point(source, target, owner, at, (colours[at], radius)) for at in range(len(colours))]


def _point(
    source: Image, target: Image, owner: npt.NDArray[np.int16], at: int, circle: tuple[Rgb, float]
) -> tuple[float, float] | None:
    colour, radius = circle
    rows, columns = np.nonzero(owner == at)
    if len(rows) < _LEAST * math.pi * radius**2:
        return None
    # Medians leave aside odd pixels of the same colour elsewhere.
    x, y = float(np.median(columns)) + 0.5, float(np.median(rows)) + 0.5
    window = _window(source, target, owner, at, (colour, radius, x, y))
    for softness in (radius, radius / 3, 1.0):
        x, y = _fitted(window, (x, y), radius, max(1.0, softness))
    return x, y


def _window(
    source: Image, target: Image, owner: npt.NDArray[np.int16], at: int, circle: tuple[Rgb, float, float, float]
) -> _Window:
    colour, radius, x, y = circle
    reach = 2.5 * radius + 3
    height, width = owner.shape
    rows = slice(max(0, int(y - reach)), min(height, int(y + reach) + 1))
    columns = slice(max(0, int(x - reach)), min(width, int(x + reach) + 1))
    before = source[rows, columns].astype(np.float64)
    way = np.asarray(colour, np.float64) - before
    length = (way**2).sum(axis=2)
    share = ((target[rows, columns] - before) * way).sum(axis=2) / np.maximum(length, 1.0)
    here = owner[rows, columns]
    # The others grown by two pixels: the rim of a circle mixes its colour with what lies beneath.
    wide, (high, across) = np.pad((here >= 0) & (here != at), 2), here.shape
    others = np.logical_or.reduce([wide[dy : dy + high, dx : dx + across] for dy in range(5) for dx in range(5)])
    told = length > _TOLD**2
    return _Window(
        np.arange(columns.start, columns.stop) + 0.5,
        np.arange(rows.start, rows.stop) + 0.5,
        np.clip(share, 0, 1),
        (told & ~others).astype(np.float64),
    )


def _fitted(window: _Window, start: tuple[float, float], radius: float, softness: float) -> tuple[float, float]:
    """The centre at which a disc explains the shares best (Gauss–Newton); its rim falls from 1 to 0 over ``softness`` pixels."""
    x, y = start
    for _ in range(_STEPS):
        across, down = window.x[None, :] - x, window.y[:, None] - y
        distance = np.maximum(np.hypot(across, down), 1e-6)
        model = np.clip((radius - distance) / softness + 0.5, 0, 1)
        rim = (model > 0) & (model < 1)
        slope_x = np.where(rim, across / distance / softness, 0) * window.weight
        slope_y = np.where(rim, down / distance / softness, 0) * window.weight
        error = (window.share - model) * window.weight
        normal = np.array(
            [[(slope_x**2).sum(), (slope_x * slope_y).sum()], [(slope_x * slope_y).sum(), (slope_y**2).sum()]]
        )
        step = np.linalg.lstsq(normal, np.array([(slope_x * error).sum(), (slope_y * error).sum()]), rcond=1e-3)[0]
        step = np.clip(step, -radius / 2, radius / 2)
        x, y = x + float(step[0]), y + float(step[1])
        if np.abs(step).max() < _DONE:
            break
    return x, y


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
