"""Trees, flowers and houses."""

from __future__ import annotations

import math

import numpy as np

from ieiw.synthetic.palette import Paint, jitter
from ieiw.synthetic.rasteriser import Pen, ragged
from ieiw.synthetic.things.kinds import Kind, Look

_BARK = Paint((104, 76, 54), grain=0.3, texture="fur")
_WINDOW = Paint((150, 190, 212))
_FRAME = Paint((246, 242, 232))


def tree(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A broad-leaved tree."""
    leaf = look.paint
    sway = float(rng.uniform(-0.03, 0.03))
    pen.poly(
        [
            (-0.05, 0),
            (-0.035, -0.3),
            (-0.02 + sway, -0.6),
            (0.02 + sway, -0.6),
            (0.035, -0.3),
            (0.055, 0),
            (0.09, 0.01),
            (-0.09, 0.01),
        ],
        _BARK,
        0.5,
    )
    pen.bar((0.0, -0.36), (0.14, -0.56), (0.035, 0.02), _BARK)
    pen.bar((0.0, -0.32), (-0.15, -0.52), (0.035, 0.02), _BARK.toned(-0.1))
    wide = float(rng.uniform(0.3, 0.38))
    pen.blob(ragged(rng, (sway, -0.65), (wide, 0.33), 0.07, 22).tolist(), leaf.toned(-0.3), 0.4)
    for _ in range(9):
        angle, far = float(rng.uniform(0, 2 * math.pi)), float(rng.uniform(0.25, 0.66))
        centre = (sway + wide * far * math.cos(angle) - 0.03, -0.67 + 0.32 * far * math.sin(angle))
        lit = 0.1 - 0.34 * (centre[1] + 0.66) / 0.33 * 0.6 - 0.2 * centre[0] / wide
        size = float(rng.uniform(0.1, 0.16))
        pen.blob(ragged(rng, centre, (size * 1.15, size), 0.13, 16).tolist(), leaf.toned(min(0.3, lit)), 0.5)


def fir(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A fir; snow lies on white ones."""
    leaf = look.paint
    pen.poly("-0.045,0 -0.03,-0.2 0.03,-0.2 0.045,0", _BARK, 0.5)
    for number in range(5):
        low, high = -0.12 - number * 0.165, -0.44 - number * 0.14
        half = 0.31 - number * 0.05
        teeth = [
            (half * (1 - k / 5.0), low + (0.035 if k % 2 else 0.0) + 0.03 * (1 - abs(1 - k / 5.0))) for k in range(11)
        ]
        pen.poly([(0, high), *teeth], leaf.toned(-0.16 + number * 0.05), 0.5)
        if look.colour == "white":
            cap = [(x * 0.8, y - 0.04) for x, y in teeth]
            pen.poly([(-0.0, high + 0.01), *cap], Paint((246, 249, 255), grain=0.04), 0.4)
    del rng


def palm(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A palm tree."""
    lean = float(rng.uniform(0.06, 0.16))
    trunk = [(0.0, 0.0), (lean * 0.2, -0.25), (lean * 0.6, -0.5), (lean, -0.74)]
    for (x0, y0), (x1, y1) in zip(trunk, trunk[1:], strict=False):
        pen.bar((x0, y0), (x1, y1), (0.055, 0.045), Paint((150, 114, 76), grain=0.2, texture="wood"))
    for turn in (-2.9, -2.45, -1.9, -1.25, -0.7, -0.25, 0.25, 2.9):
        reach = float(rng.uniform(0.3, 0.4))
        x, y = lean + reach * math.cos(turn), -0.76 + reach * math.sin(turn) * 0.62 + 0.12
        mid = (lean + 0.55 * reach * math.cos(turn), -0.79 + 0.55 * reach * math.sin(turn) * 0.7 - 0.02)
        side = (0.035 * math.sin(turn), 0.05)
        pen.blob(
            [(lean, -0.77), (mid[0] - side[0], mid[1] - side[1]), (x, y), (mid[0] + side[0], mid[1] + side[1])],
            look.paint.toned(0.14 - 0.28 * (turn > 0) - 0.1 * abs(math.cos(turn))),
            0.4,
        )
    for x, y in ((-0.02, -0.73), (0.03, -0.72)):
        pen.oval((lean + x, y), (0.03, 0.032), Paint((112, 78, 50)), 0.5)


def bush(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A round bush."""
    pen.blob("-0.66,0.0 -0.72,-0.36 -0.4,-0.8 0.0,-0.96 0.42,-0.78 0.72,-0.36 0.66,0.0", look.paint.toned(-0.26), 0.4)
    for _ in range(8):
        x, y = float(rng.uniform(-0.44, 0.4)), float(rng.uniform(-0.72, -0.26))
        pen.blob(
            ragged(rng, (x, y), (0.26, 0.22), 0.14, 16).tolist(),
            look.paint.toned(-0.1 - 0.3 * (y + 0.5) - 0.1 * x),
            0.5,
        )


def flower(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A flower with two leaves."""
    bend = float(rng.uniform(-0.08, 0.08))
    stalk = Paint((84, 142, 66))
    pen.line([(0, 0), (bend * 0.4, -0.4), (bend, -0.72)], 0.04, stalk)
    pen.blob("0.0,-0.2 0.14,-0.4 0.3,-0.42 0.18,-0.24", stalk, 0.4)
    pen.blob("0.0,-0.12 -0.14,-0.32 -0.3,-0.34 -0.18,-0.16", stalk.toned(-0.12), 0.4)
    petals = 7
    for k in range(petals):
        angle = k * 2 * math.pi / petals + 0.3
        pen.oval(
            (bend + 0.16 * math.cos(angle), -0.76 + 0.16 * math.sin(angle)), (0.13, 0.075), look.paint, 0.5, tilt=angle
        )
    pen.oval((bend, -0.76), (0.09, 0.09), Paint((248, 206, 72) if look.colour != "yellow" else (150, 96, 40)), 0.5)


def house(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A house with a pitched roof."""
    wall = look.paint
    roof = Paint(jitter(rng, (158, 74, 56)), grain=0.22, texture="brick")
    x = float(rng.choice([-0.34, 0.34]))
    pen.poly(
        [(x - 0.06, -0.74), (x + 0.06, -0.74), (x + 0.06, -1.0), (x - 0.06, -1.0)],
        Paint((150, 92, 74), grain=0.2, texture="brick"),
        0.2,
    )
    pen.poly("-0.6,0 -0.6,-0.52 0.6,-0.52 0.6,0", wall, 0.05)
    pen.poly("-0.6,-0.52 0.6,-0.52 0.6,-0.46 -0.6,-0.46", wall.plain(-0.3), 0.0)
    pen.poly("-0.7,-0.5 -0.44,-0.92 0.44,-0.92 0.7,-0.5", roof, 0.08)
    pen.poly("-0.11,0 -0.11,-0.32 0.11,-0.32 0.11,0", Paint(look.accent).toned(-0.25), 0.15)
    pen.oval((0.07, -0.15), (0.015, 0.015), Paint((236, 206, 120)))
    for at in (-0.38, 0.38):
        pen.poly([(at - 0.13, -0.4), (at + 0.13, -0.4), (at + 0.13, -0.14), (at - 0.13, -0.14)], _FRAME, 0.08)
        pen.poly([(at - 0.1, -0.37), (at + 0.1, -0.37), (at + 0.1, -0.17), (at - 0.1, -0.17)], _WINDOW, 0.1)
        pen.line([(at, -0.38), (at, -0.16)], 0.018, _FRAME)
        pen.line([(at - 0.11, -0.27), (at + 0.11, -0.27)], 0.018, _FRAME)


def lighthouse(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A lighthouse with bands."""
    tower = Paint((246, 243, 236), second=look.paint.rgb, pattern="striped", period=0.3, angle=math.pi / 2)
    pen.poly("-0.15,0 -0.1,-0.74 0.1,-0.74 0.15,0", tower, 0.5)
    pen.poly("-0.13,-0.74 0.13,-0.74 0.13,-0.77 -0.13,-0.77", Paint((70, 74, 80)), 0.2)
    pen.poly("-0.08,-0.77 0.08,-0.77 0.08,-0.88 -0.08,-0.88", Paint((255, 232, 150)), 0.3)
    pen.poly("-0.11,-0.88 0.11,-0.88 0.0,-1.0", look.paint, 0.4)
    pen.poly("-0.035,0 -0.035,-0.12 0.035,-0.12 0.035,0", Paint((84, 62, 50)), 0.2)
    del rng


def seaweed(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """Seaweed that sways."""
    for x in (-0.22, -0.08, 0.06, 0.2):
        top = -float(rng.uniform(0.6, 1.0))
        sway = float(rng.uniform(-0.12, 0.12))
        pen.blob(
            [
                (x, 0),
                (x - 0.06 + sway * 0.4, top * 0.35),
                (x + sway * -0.6, top * 0.7),
                (x + sway, top),
                (x + 0.06 - sway * 0.5, top * 0.7),
                (x + 0.07 + sway * 0.3, top * 0.35),
            ],
            look.paint.toned(float(rng.uniform(-0.2, 0.15))),
            0.4,
        )


_GREENS = ("green",)
TREE = Kind(
    "tree",
    tree,
    (-0.46, -1.06, 0.46, 0.03),
    0.74,
    0,
    168,
    ("green", "green", "orange", "yellow"),
    grain=0.34,
    texture="leaf",
    shadow=(0.55, 0.05),
)
FIR = Kind(
    "fir tree",
    fir,
    (-0.36, -1.03, 0.36, 0.03),
    0.66,
    0,
    168,
    _GREENS,
    named_colour=False,
    grain=0.3,
    texture="leaf",
    shadow=(0.5, 0.05),
)
SNOWY_FIR = Kind(
    "fir tree",
    fir,
    (-0.36, -1.03, 0.36, 0.03),
    0.66,
    0,
    168,
    ("white",),
    named_colour=False,
    grain=0.3,
    texture="leaf",
    shadow=(0.5, 0.05),
)
PALM = Kind(
    "palm tree",
    palm,
    (-0.42, -1.12, 0.6, 0.03),
    0.72,
    0,
    168,
    _GREENS,
    named_colour=False,
    grain=0.18,
    texture="leaf",
    shadow=(0.25, 0.03),
)
BUSH = Kind(
    "bush",
    bush,
    (-0.8, -1.04, 0.8, 0.02),
    0.16,
    0,
    96,
    _GREENS,
    named_colour=False,
    grain=0.34,
    texture="leaf",
    shadow=(1.4, 0.1),
)
FLOWER = Kind(
    "flower",
    flower,
    (-0.34, -1.04, 0.36, 0.02),
    0.15,
    0,
    118,
    ("red", "yellow", "purple", "pink", "white", "orange"),
    shadow=(0.3, 0.05),
)
HOUSE = Kind(
    "house",
    house,
    (-0.74, -1.03, 0.74, 0.02),
    0.5,
    0,
    127,
    ("white", "yellow", "blue", "red", "gray", "green"),
    grain=0.06,
    shadow=(1.2, 0.04),
)
LIGHTHOUSE = Kind(
    "lighthouse",
    lighthouse,
    (-0.18, -1.03, 0.18, 0.02),
    0.66,
    0,
    95,
    ("red", "blue"),
    named_colour=False,
    shadow=(0.3, 0.03),
)
SEAWEED = Kind(
    "water plant", seaweed, (-0.46, -1.04, 0.46, 0.02), 0.3, 0, 141, ("green", "red", "brown"), shadow=(0.5, 0.06)
)
