"""Furniture, and what stands about in rooms."""

from __future__ import annotations

import math

import numpy as np

from ieiw.synthetic.palette import VIVID, Paint, jitter
from ieiw.synthetic.rasteriser import Pen, ragged
from ieiw.synthetic.things.kinds import Kind, Look

_WOOD = Paint((146, 100, 62), grain=0.16, texture="wood")
_BRASS = Paint((206, 168, 96))
_LEAF = Paint((70, 136, 76), grain=0.12, texture="leaf")


def couch(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A couch for two."""
    cloth = look.paint
    for x in (-0.9, 0.9):
        pen.bar((x, -0.1), (x, -0.01), (0.09, 0.06), _WOOD)
    pen.blob("-1.0,-0.2 -1.02,-0.7 -0.9,-0.96 0,-1.0 0.9,-0.96 1.02,-0.7 1.0,-0.2", cloth.toned(-0.08), 0.2)
    for side in (-1, 1):
        pen.blob(
            [(side * 0.03, -0.5), (side * 0.04, -0.9), (side * 0.45, -0.94), (side * 0.84, -0.88), (side * 0.84, -0.5)],
            cloth,
            0.35,
        )
    for side in (-1, 1):
        pen.blob(
            [
                (side * 0.01, -0.24),
                (side * 0.01, -0.48),
                (side * 0.45, -0.53),
                (side * 0.88, -0.48),
                (side * 0.88, -0.24),
            ],
            cloth.toned(0.1),
            0.4,
        )
    pen.poly("-1.06,-0.28 1.06,-0.28 1.06,-0.07 -1.06,-0.07", cloth.toned(-0.14), 0.2)
    for side in (-1, 1):
        pen.blob(
            [
                (side * 0.86, -0.08),
                (side * 0.86, -0.5),
                (side * 0.9, -0.64),
                (side * 1.08, -0.64),
                (side * 1.13, -0.5),
                (side * 1.12, -0.08),
            ],
            cloth,
            0.4,
        )
    del rng


def chair(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A chair with a back of slats."""
    wood = look.paint
    for x in (-0.24, 0.24):
        pen.bar((x * 0.92, -0.44), (x * 0.9, -0.08), (0.05, 0.04), wood.toned(-0.3))
    for x in (-0.25, 0.25):
        pen.bar((x, -0.98), (x, -0.4), (0.055, 0.06), wood)
    for y in (-0.94, -0.78, -0.62):
        pen.poly([(-0.25, y - 0.045), (0.25, y - 0.045), (0.25, y + 0.045), (-0.25, y + 0.045)], wood.toned(0.05), 0.4)
    pen.poly("-0.25,-0.5 0.25,-0.5 0.34,-0.4 -0.34,-0.4", wood.toned(0.14), 0.2)
    pen.poly("-0.34,-0.4 0.34,-0.4 0.34,-0.34 -0.34,-0.34", wood.toned(-0.12), 0.2)
    for x in (-0.3, 0.3):
        pen.bar((x, -0.36), (x, -0.02), (0.06, 0.045), wood)
    del rng


def lamp(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A floor lamp; the named colour is its shade's."""
    pen.oval((0, -0.015), (0.14, 0.03), _BRASS.toned(-0.3), 0.4)
    pen.bar((0, -0.02), (0, -0.72), (0.024, 0.02), _BRASS)
    pen.poly("-0.1,-1.0 0.1,-1.0 0.19,-0.72 -0.19,-0.72", look.paint, 0.5)
    pen.glow((0, -0.76), (0.2, 0.16), (255, 246, 206), 0.75)
    del rng


def table_lamp(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A table lamp; the named colour is its shade's."""
    pen.blob("-0.12,0.0 -0.2,-0.18 -0.07,-0.4 0.07,-0.4 0.2,-0.18 0.12,0.0", Paint(look.accent), 0.6)
    pen.bar((0, -0.38), (0, -0.56), (0.04, 0.03), _BRASS)
    pen.poly("-0.2,-1.0 0.2,-1.0 0.36,-0.5 -0.36,-0.5", look.paint, 0.5)
    pen.glow((0, -0.6), (0.36, 0.26), (255, 246, 206), 0.75)
    del rng


def potted_plant(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A plant in its pot."""
    for k in range(11):
        angle = -math.pi / 2 + (k - 5) * 0.25 + float(rng.uniform(-0.08, 0.08))
        reach = float(rng.uniform(0.42, 0.62)) * (1 - 0.04 * abs(k - 5))
        tip = (reach * math.cos(angle), -0.36 + reach * math.sin(angle))
        mid = (0.55 * tip[0], -0.36 + 0.6 * (tip[1] + 0.36))
        side = (0.075 * math.sin(angle), -0.075 * math.cos(angle))
        pen.blob(
            [(0, -0.34), (mid[0] + side[0], mid[1] + side[1]), tip, (mid[0] - side[0], mid[1] - side[1])],
            _LEAF.toned(-0.2 + 0.06 * (k % 5)),
            0.4,
        )
    pen.poly("-0.2,-0.32 0.2,-0.32 0.15,0.0 -0.15,0.0", look.paint, 0.45)
    pen.poly("-0.23,-0.4 0.23,-0.4 0.22,-0.31 -0.22,-0.31", look.paint.toned(0.08), 0.4)


def vase(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A vase of flowers; the named colour is the vase's."""
    heads = [(-0.26, -0.84), (0.24, -0.86), (0.0, -0.94), (-0.12, -0.72), (0.13, -0.74)]
    for x, y in heads:
        pen.line([(0.02, -0.4), (x * 0.6, -0.6), (x, y)], 0.018, Paint((86, 140, 70)))
    for at, (x, y) in enumerate(heads):
        tint = Paint(jitter(rng, look.accent, 16)).toned(0.1 * (at % 3))
        pen.blob(ragged(rng, (x, y), (0.105, 0.1), 0.16, 12).tolist(), tint, 0.6)
        pen.oval((x, y), (0.035, 0.035), Paint((250, 214, 96)), 0.3)
    pen.blob("-0.1,-0.46 -0.08,-0.36 -0.19,-0.2 -0.12,0.0 0.12,0.0 0.19,-0.2 0.08,-0.36 0.1,-0.46", look.paint, 0.6)
    pen.glow((-0.08, -0.2), (0.06, 0.12), (255, 255, 255), 0.6)


def picture(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A framed picture of hills on the wall."""
    w = 0.62
    pen.poly([(-w, -1.0), (w, -1.0), (w, 0), (-w, 0)], look.paint, 0.06)
    pen.poly(
        [(-w + 0.09, -0.91), (w - 0.09, -0.91), (w - 0.09, -0.09), (-w + 0.09, -0.09)], Paint((246, 242, 232)), 0.0
    )
    left, right, top, low = -w + 0.15, w - 0.15, -0.85, -0.15
    pen.poly([(left, top), (right, top), (right, low), (left, low)], Paint(jitter(rng, (170, 206, 226), 14)), 0.0)
    pen.oval((float(rng.uniform(left + 0.15, right - 0.15)), -0.66), (0.09, 0.09), Paint((250, 210, 110)), 0.0)
    pen.poly(
        [(left, -0.42), (left + 0.3, -0.56), (left + 0.62, -0.38), (right, -0.5), (right, low), (left, low)],
        Paint(jitter(rng, (108, 156, 110), 14)),
        0.0,
    )
    pen.poly(
        [(left, -0.3), (left + 0.4, -0.36), (right, -0.26), (right, low), (left, low)],
        Paint(jitter(rng, (72, 120, 84), 14)),
        0.0,
    )


def clock(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A round clock on the wall."""
    pen.oval((0, -0.5), (0.5, 0.5), look.paint, 0.2)
    pen.oval((0, -0.5), (0.41, 0.41), Paint((250, 248, 240)), 0.05)
    dark = Paint((44, 44, 50))
    for k in range(12):
        a = k * math.pi / 6
        pen.line(
            [(0.35 * math.cos(a), -0.5 + 0.35 * math.sin(a)), (0.38 * math.cos(a), -0.5 + 0.38 * math.sin(a))],
            0.025,
            dark,
        )
    for reach, width, a in ((0.2, 0.04, float(rng.uniform(0, 6.28))), (0.31, 0.028, float(rng.uniform(0, 6.28)))):
        pen.line([(0, -0.5), (reach * math.cos(a), -0.5 + reach * math.sin(a))], width, dark)
    pen.oval((0, -0.5), (0.03, 0.03), dark, 0)


def television(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A television on its foot, with a picture on it."""
    pen.poly("-0.3,-0.03 0.3,-0.03 0.34,0.0 -0.34,0.0", Paint((56, 56, 60)), 0.3)
    pen.poly("-0.05,-0.14 0.05,-0.14 0.05,-0.02 -0.05,-0.02", Paint((56, 56, 60)), 0.3)
    pen.poly("-0.82,-1.0 0.82,-1.0 0.82,-0.1 -0.82,-0.1", Paint((36, 36, 40)), 0.06)
    pen.poly("-0.76,-0.94 0.76,-0.94 0.76,-0.18 -0.76,-0.18", Paint(look.accent), 0.0)
    pen.poly("-0.76,-0.5 -0.2,-0.66 0.3,-0.46 0.76,-0.6 0.76,-0.18 -0.76,-0.18", Paint(look.accent).toned(-0.4), 0.0)
    pen.poly("-0.76,-0.94 -0.3,-0.94 -0.66,-0.18 -0.76,-0.18", Paint((255, 255, 255), opacity=0.14), 0.0)
    del rng


def backpack(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A backpack."""
    bag = look.paint
    pen.line("-0.1,-0.92 0,-1.0 0.1,-0.92", 0.045, bag.plain(-0.35))
    for side in (-1, 1):
        pen.blob(
            [(side * 0.3, -0.06), (side * 0.44, -0.14), (side * 0.42, -0.42), (side * 0.3, -0.46)],
            bag.toned(-0.25),
            0.4,
        )
    pen.blob("-0.34,0.0 -0.36,-0.5 -0.3,-0.84 0,-0.95 0.3,-0.84 0.36,-0.5 0.34,0.0", bag, 0.35)
    pen.blob("-0.25,-0.06 -0.27,-0.3 -0.2,-0.42 0.2,-0.42 0.27,-0.3 0.25,-0.06", bag.toned(-0.14), 0.4)
    pen.line("-0.27,-0.66 0,-0.7 0.27,-0.66", 0.025, bag.plain(-0.45))
    pen.line([(-0.2, -0.34), (0.2, -0.34)], 0.02, bag.plain(-0.5))
    del rng


def suitcase(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A suitcase on wheels."""
    shell = look.paint
    pen.line("-0.12,-0.8 -0.12,-1.0 0.12,-1.0 0.12,-0.8", 0.035, Paint((90, 92, 96)))
    for x in (-0.24, 0.24):
        pen.oval((x, -0.04), (0.05, 0.045), Paint((44, 44, 48)), 0.3)
    pen.blob("-0.34,-0.1 -0.35,-0.45 -0.34,-0.8 0,-0.83 0.34,-0.8 0.35,-0.45 0.34,-0.1 0,-0.07", shell, 0.2)
    for x in (-0.2, -0.07, 0.07, 0.2):
        pen.line([(x, -0.76), (x, -0.14)], 0.022, shell.plain(-0.2))
    del rng


def book(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A book that lies flat."""
    pen.poly("-2.0,-1.0 2.0,-1.0 2.0,0.0 -2.0,0.0", look.paint, 0.25)
    pen.poly("1.84,-0.82 2.01,-0.82 2.01,-0.18 1.84,-0.18", Paint((244, 236, 214)), 0.0)
    pen.line([(-1.9, -1.0), (-1.9, 0.0)], 0.03, look.paint.plain(0.4))
    pen.poly("-2.0,-1.0 -1.8,-1.34 2.06,-1.34 2.0,-1.0", look.paint.plain(0.12), 0.06)
    pen.line([(-1.2, -1.17), (0.6, -1.17)], 0.1, look.paint.plain(0.55))
    del rng


KINDS = (
    Kind(
        "couch",
        couch,
        (-1.18, -1.05, 1.18, 0.02),
        0.36,
        63,
        62,
        ("red", "blue", "green", "gray", "orange", "purple", "brown"),
        grain=0.06,
        shadow=(2.2, 0.06),
        seat=(0.0, -0.46),
    ),
    Kind(
        "chair",
        chair,
        (-0.4, -1.03, 0.4, 0.02),
        0.4,
        62,
        61,
        ("brown", "white", "red", "black", "blue"),
        grain=0.1,
        texture="wood",
        shadow=(0.7, 0.06),
        seat=(0.0, -0.43),
    ),
    Kind(
        "floor lamp",
        lamp,
        (-0.22, -1.03, 0.22, 0.02),
        0.62,
        0,
        129,
        ("white", "yellow", "red", "blue", "orange"),
        shadow=(0.3, 0.04),
    ),
    Kind(
        "potted plant",
        potted_plant,
        (-0.66, -1.04, 0.66, 0.02),
        0.36,
        64,
        63,
        ("orange", "white", "blue", "brown"),
        named_colour=False,
        shadow=(0.42, 0.06),
    ),
    Kind("backpack", backpack, (-0.48, -1.05, 0.48, 0.02), 0.24, 27, 26, VIVID, shadow=(0.8, 0.08)),
    Kind("suitcase", suitcase, (-0.38, -1.04, 0.38, 0.02), 0.28, 33, 32, (*VIVID[:6], "black"), shadow=(0.7, 0.07)),
)
TABLE_LAMP = Kind(
    "lamp",
    table_lamp,
    (-0.4, -1.03, 0.4, 0.02),
    0.46,
    0,
    129,
    ("white", "yellow", "red", "blue", "orange", "green"),
    shadow=(0.4, 0.06),
)
VASE = Kind(
    "vase",
    vase,
    (-0.4, -1.08, 0.4, 0.02),
    0.46,
    86,
    85,
    ("blue", "white", "red", "green", "purple"),
    ("plain", "striped"),
    period=0.1,
    shadow=(0.36, 0.06),
)
PICTURE = Kind(
    "picture",
    picture,
    (-0.66, -1.03, 0.66, 0.02),
    0.24,
    0,
    255,
    ("brown", "black", "white", "golden"),
    named_colour=False,
    shadow=(0, 0),
)
CLOCK = Kind(
    "clock",
    clock,
    (-0.53, -1.03, 0.53, 0.03),
    0.17,
    85,
    84,
    ("red", "black", "blue", "brown", "yellow", "green"),
    shadow=(0, 0),
)
TELEVISION = Kind(
    "tv", television, (-0.86, -1.03, 0.86, 0.02), 0.3, 72, 71, ("black",), named_colour=False, shadow=(0.7, 0.05)
)
BOOK = Kind(
    "book", book, (-2.06, -1.4, 2.14, 0.03), 0.055, 84, 83, (*VIVID[:6], "brown"), shadow=(3.9, 0.2), seat=(0.0, -1.1)
)
