"""What there is to draw: kinds of things, and how one of them looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ieiw.synthetic.palette import Paint, Rgb
from ieiw.synthetic.rasteriser import Pen


@dataclass(frozen=True, slots=True)
class Look:
    """How one thing looks.

    Attributes:
        colour: its colour's name.
        pattern: ``plain``, ``striped``, ``spotted`` or ``checked``.
        paint: the paint of its main part.
        accent: a second colour that goes with it.
        pose: one of the kind's poses, or empty.
    """

    colour: str
    pattern: str
    paint: Paint
    accent: Rgb
    pose: str = ""


Draw = Callable[[Pen, Look, np.random.Generator], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing.

    Attributes:
        name: singular noun, as a phrase names it.
        draw: draws one, facing right where it faces anywhere.
        box: left, top, right, bottom that it may reach, in units of its height.
        height: share of the picture's height that one unit takes in the foreground.
        coco: category id of COCO, or 0 where COCO has none.
        stuff: value in COCO-Stuff's map (label id minus one), 255 for unlabelled.
        colours: names of the colours it comes in.
        patterns: its patterns; plain ones are drawn more often.
        poses: adjectives of its poses, or none.
        named_colour: whether a phrase may name its colour.
        period: distance between stripes or spots, in units.
        grain: strength of its surface.
        texture: of its surface.
        shadow: (width, height) of its contact shadow in units; (0, 0) for things that float.
        seat: where another thing may stand on it: (x, y) in units, or None.
    """

    name: str
    draw: Draw
    box: tuple[float, float, float, float]
    height: float
    coco: int
    stuff: int
    colours: tuple[str, ...]
    patterns: tuple[str, ...] = ("plain",)
    poses: tuple[str, ...] = ()
    named_colour: bool = True
    period: float = 0.2
    grain: float = 0.0
    texture: str = "fine"
    shadow: tuple[float, float] = (0.8, 0.08)
    seat: tuple[float, float] | None = None
