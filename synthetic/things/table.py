"""Tableware, fruit and cakes."""

from __future__ import annotations

import math

import numpy as np

from ieiw.synthetic.palette import VIVID, Paint
from ieiw.synthetic.rasteriser import Pen
from ieiw.synthetic.things.kinds import Kind, Look

_STALK = Paint((104, 76, 48))
_LEAF = Paint((88, 150, 66))
_CHINA = Paint((246, 244, 240))


def mug(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A mug of coffee."""
    angles = np.linspace(-1.35, 1.35, 12)
    handle = [(0.4 + 0.26 * math.cos(float(a)), -0.48 + 0.28 * math.sin(float(a))) for a in angles]
    pen.line(handle, 0.11, look.paint.plain(-0.12))
    pen.blob("-0.42,-0.9 0.42,-0.9 0.42,-0.4 0.36,-0.05 0.2,0.0 -0.2,0.0 -0.36,-0.05 -0.42,-0.4", look.paint, 0.55)
    pen.oval((0, -0.88), (0.43, 0.12), look.paint.plain(0.35), 0.1)
    pen.oval((0, -0.87), (0.37, 0.09), Paint((84, 54, 36)), 0.2)
    pen.glow((-0.22, -0.5), (0.08, 0.3), (255, 255, 255), 0.45)
    del rng


def apple(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """An apple."""
    pen.blob(
        "0,-0.84 -0.24,-0.92 -0.48,-0.68 -0.44,-0.3 -0.2,0.0 0,-0.04 0.2,0.0 0.44,-0.3 0.48,-0.68 0.24,-0.92",
        look.paint,
        0.75,
    )
    pen.glow((-0.2, -0.66), (0.2, 0.24), (255, 255, 255), 0.5)
    pen.glow((0.0, -0.86), (0.16, 0.08), (90, 60, 30), 0.6)
    pen.line([(0.0, -0.84), (0.05, -1.02)], 0.05, _STALK)
    pen.blob("0.05,-0.94 0.18,-1.06 0.34,-1.02 0.2,-0.92", _LEAF, 0.4)
    del rng


def orange(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """An orange."""
    pen.ball((0, -0.48), 0.48, look.paint, 0.35)
    pen.oval((0.05, -0.9), (0.07, 0.035), _LEAF, 0.3)
    del rng


def lemon(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A lemon on its side."""
    pen.blob(
        "-0.72,-0.46 -0.56,-0.62 -0.2,-0.92 0.24,-0.92 0.56,-0.62 0.74,-0.5 0.58,-0.34 0.24,-0.02 -0.2,-0.02 -0.56,-0.34",
        look.paint,
        0.7,
    )
    pen.glow((-0.14, -0.68), (0.3, 0.2), (255, 255, 255), 0.45)
    del rng


def banana(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A banana."""
    pen.blob(
        "-1.12,-0.78 -0.98,-0.86 -0.7,-0.5 -0.2,-0.3 0.4,-0.4 0.9,-0.84 1.06,-0.78 0.84,-0.3 0.4,-0.02 -0.2,0.02 -0.72,-0.18",
        look.paint,
        0.5,
    )
    pen.line("-0.86,-0.5 -0.3,-0.16 0.4,-0.2 0.86,-0.56", 0.035, look.paint.plain(-0.18))
    pen.bar((-1.1, -0.82), (-1.02, -0.78), (0.1, 0.12), _STALK.toned(-0.2))
    pen.bar((0.98, -0.84), (1.04, -0.98), (0.14, 0.1), Paint((160, 146, 60)))
    del rng


def bowl(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """An empty bowl."""
    pen.blob("-1.0,-0.82 0,-0.78 1.0,-0.82 0.84,-0.34 0.42,-0.02 0,0.0 -0.42,-0.02 -0.84,-0.34", look.paint, 0.45)
    pen.oval((0, -0.82), (1.0, 0.2), look.paint.plain(0.3), 0.1)
    pen.oval((0, -0.8), (0.9, 0.15), look.paint.plain(-0.28), 0.3)
    pen.glow((-0.5, -0.4), (0.16, 0.2), (255, 255, 255), 0.4)
    del rng


def bottle(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A bottle with its label."""
    pen.blob(
        "-0.16,0.0 -0.17,-0.3 -0.16,-0.56 -0.06,-0.72 -0.055,-0.94 0.055,-0.94 0.06,-0.72 0.16,-0.56 0.17,-0.3 0.16,0.0",
        look.paint,
        0.6,
    )
    pen.poly("-0.2,-0.48 0.2,-0.48 0.2,-0.18 -0.2,-0.18", Paint((244, 236, 214)), 0.0, inside=True)
    pen.poly("-0.2,-0.4 0.2,-0.4 0.2,-0.34 -0.2,-0.34", Paint(look.accent), 0.0, inside=True)
    pen.poly("-0.065,-1.0 0.065,-1.0 0.065,-0.91 -0.065,-0.91", Paint(look.accent), 0.4)
    pen.glow((-0.09, -0.4), (0.035, 0.34), (255, 255, 255), 0.6)
    del rng


def wine_glass(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A glass of red or white wine."""
    glass = Paint((214, 226, 234), opacity=0.94)
    pen.oval((0, -0.02), (0.17, 0.035), glass.toned(-0.14), 0.3)
    pen.bar((0, -0.02), (0, -0.42), (0.03, 0.03), glass.toned(-0.08))
    pen.blob("-0.19,-0.98 0.19,-0.98 0.24,-0.72 0.15,-0.48 0,-0.41 -0.15,-0.48 -0.24,-0.72", glass, 0.4)
    wine = Paint((136, 30, 52)) if look.colour == "red" else Paint((236, 212, 130))
    pen.blob("-0.21,-0.72 0.21,-0.72 0.14,-0.51 0,-0.44 -0.14,-0.51", wine, 0.4)
    pen.glow((-0.12, -0.76), (0.05, 0.2), (255, 255, 255), 0.6)
    del rng


def cake(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A cake with icing and a candle."""
    pen.oval((0, -0.05), (0.94, 0.11), _CHINA.toned(-0.04), 0.3)
    pen.poly("-0.68,-0.56 0.68,-0.56 0.68,-0.06 -0.68,-0.06", Paint((214, 160, 98), grain=0.12), 0.2)
    pen.poly("-0.68,-0.36 0.68,-0.36 0.68,-0.26 -0.68,-0.26", look.paint.plain(0.5), 0.0)
    drops = [(0.7 - k * 0.2, -0.3 - (0.18 if k % 2 else 0.0)) for k in range(8)]
    pen.blob([(-0.7, -0.6), (0, -0.66), (0.7, -0.6), *drops], look.paint, 0.3)
    pen.oval((0, -0.61), (0.69, 0.09), look.paint.plain(0.18), 0.3)
    for x in (-0.42, -0.2, 0.22, 0.44):
        pen.ball((x, -0.66), 0.075, Paint((210, 40, 52)), 0.5)
    pen.bar((0, -0.64), (0, -0.86), (0.06, 0.06), Paint(look.accent))
    pen.blob("0,-0.88 -0.05,-0.94 0,-1.04 0.05,-0.94", Paint((255, 196, 64)), 0.2)
    del rng


def donut(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A donut with icing and sprinkles, a little from above."""
    pen.oval((0, -0.42), (0.86, 0.44), Paint((206, 150, 88), grain=0.05), 0.6)
    pen.blob("-0.8,-0.5 -0.4,-0.84 0.4,-0.84 0.8,-0.5 0.5,-0.3 0.2,-0.16 -0.1,-0.24 -0.5,-0.22", look.paint, 0.5)
    pen.oval((0, -0.54), (0.24, 0.12), Paint((128, 82, 50)), 0.3)
    pen.oval((0, -0.5), (0.19, 0.075), Paint((90, 56, 36)), 0.2)
    tints = ((250, 220, 90), (90, 170, 230), (250, 250, 246), (120, 200, 120))
    for k in range(14):
        angle = k * 2.4
        far = 0.42 + 0.14 * float(rng.random())
        x, y = far * 1.2 * math.cos(angle), -0.55 + far * 0.46 * math.sin(angle)
        pen.bar((x - 0.035, y - 0.014), (x + 0.035, y + 0.014), (0.035, 0.035), Paint(tints[k % 4]), 0.0)


def cactus(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A small cactus in its pot."""
    skin = Paint((84, 148, 88), grain=0.1, texture="leaf")
    pen.bar((0, -0.3), (0, -0.86), (0.24, 0.22), skin)
    for side, low, high in ((-1, -0.5, -0.7), (1, -0.58, -0.84)):
        pen.bar((side * 0.06, low), (side * 0.25, low), (0.11, 0.11), skin.toned(-0.1))
        pen.bar((side * 0.25, low), (side * 0.26, high), (0.12, 0.11), skin)
    for x in (-0.05, 0.03):
        pen.line([(x, -0.36), (x, -0.9)], 0.014, skin.plain(-0.2))
    pen.oval((0.0, -0.98), (0.06, 0.05), Paint((240, 120, 160)), 0.5)
    pen.poly("-0.21,-0.3 0.21,-0.3 0.15,0.0 -0.15,0.0", look.paint, 0.45)
    pen.poly("-0.24,-0.37 0.24,-0.37 0.23,-0.28 -0.23,-0.28", look.paint.toned(0.08), 0.4)
    del rng


def laptop(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """An open laptop."""
    shell = Paint((186, 190, 196))
    pen.poly("-0.78,-0.16 0.78,-0.16 0.98,0.0 -0.98,0.0", shell.toned(0.1), 0.1)
    pen.poly("-0.66,-0.14 0.66,-0.14 0.74,-0.07 -0.74,-0.07", Paint((70, 72, 78)), 0.0)
    pen.poly("-0.76,-1.0 0.76,-1.0 0.78,-0.16 -0.78,-0.16", Paint((58, 60, 66)), 0.06)
    pen.poly("-0.7,-0.94 0.7,-0.94 0.71,-0.24 -0.71,-0.24", Paint(look.accent).toned(0.2), 0.0)
    for y, reach in ((-0.8, 0.3), (-0.68, 0.5), (-0.56, 0.16), (-0.44, 0.4)):
        pen.line([(-0.58, y), (-0.58 + reach, y)], 0.05, Paint((255, 255, 255), opacity=0.8))
    del rng


KINDS = (
    Kind(
        "mug",
        mug,
        (-0.48, -1.03, 0.76, 0.03),
        0.2,
        47,
        46,
        (*VIVID, "white", "black"),
        ("plain", "plain", "striped", "spotted"),
        period=0.24,
        shadow=(0.9, 0.1),
    ),
    Kind(
        "apple",
        apple,
        (-0.54, -1.1, 0.54, 0.03),
        0.15,
        53,
        52,
        ("red", "green", "yellow"),
        grain=0.03,
        shadow=(0.8, 0.13),
    ),
    Kind(
        "orange",
        orange,
        (-0.52, -1.0, 0.52, 0.03),
        0.14,
        55,
        54,
        ("orange",),
        named_colour=False,
        grain=0.05,
        shadow=(0.8, 0.13),
    ),
    Kind(
        "lemon",
        lemon,
        (-0.8, -1.0, 0.8, 0.03),
        0.11,
        0,
        121,
        ("yellow",),
        named_colour=False,
        grain=0.05,
        shadow=(1.0, 0.13),
    ),
    Kind(
        "banana", banana, (-1.2, -1.05, 1.16, 0.05), 0.13, 52, 51, ("yellow",), named_colour=False, shadow=(1.7, 0.13)
    ),
    Kind(
        "bowl",
        bowl,
        (-1.04, -1.06, 1.04, 0.03),
        0.15,
        51,
        50,
        (*VIVID, "white"),
        ("plain", "striped", "spotted"),
        period=0.4,
        shadow=(1.2, 0.12),
    ),
    Kind("bottle", bottle, (-0.22, -1.03, 0.22, 0.02), 0.46, 44, 43, ("green", "brown", "blue"), shadow=(0.4, 0.05)),
    Kind(
        "wine glass",
        wine_glass,
        (-0.28, -1.03, 0.28, 0.02),
        0.34,
        46,
        45,
        ("red", "white"),
        named_colour=False,
        shadow=(0.4, 0.05),
    ),
    Kind("cake", cake, (-0.98, -1.08, 0.98, 0.08), 0.3, 61, 60, ("pink", "white", "brown", "blue"), shadow=(1.7, 0.08)),
    Kind(
        "donut", donut, (-0.92, -0.92, 0.92, 0.05), 0.13, 60, 59, ("pink", "brown", "white", "blue"), shadow=(1.5, 0.12)
    ),
    Kind(
        "cactus",
        cactus,
        (-0.36, -1.08, 0.36, 0.02),
        0.26,
        64,
        63,
        ("orange", "white", "blue"),
        named_colour=False,
        shadow=(0.42, 0.06),
    ),
    Kind("laptop", laptop, (-1.02, -1.03, 1.02, 0.02), 0.38, 73, 72, ("gray",), named_colour=False, shadow=(1.9, 0.05)),
)
