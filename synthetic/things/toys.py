"""Balls, kites, balloons, umbrellas, and what lies about in parks and on beaches."""

from __future__ import annotations

import math

import numpy as np

from ieiw.synthetic.palette import VIVID, Paint
from ieiw.synthetic.rasteriser import Pen
from ieiw.synthetic.things.kinds import Kind, Look

_WHITE = Paint((248, 246, 240))
_STEEL = Paint((176, 180, 186))
_WOOD = Paint((158, 112, 70), grain=0.16, texture="wood")


def ball(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A ball: plain, or with stripes or spots."""
    pen.ball((0, -0.5), 0.5, look.paint)
    del rng


def football(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A ball of white panels with dark pentagons."""
    turn = float(rng.uniform(0, 1))
    pen.oval((0, -0.5), (0.5, 0.5), _WHITE, 0.0)
    _pentagon(pen, 0.0, -0.5, 0.17, turn)
    for k in range(5):
        angle = turn + (k + 0.5) * 2 * math.pi / 5
        _pentagon(pen, 0.4 * math.cos(angle), -0.5 + 0.4 * math.sin(angle), 0.13, angle)
        near = (0.16 * math.cos(angle - 0.63), -0.5 + 0.16 * math.sin(angle - 0.63))
        pen.line([near, (0.3 * math.cos(angle - 0.63), -0.5 + 0.3 * math.sin(angle - 0.63))], 0.014, look.paint.plain())
    pen.ball((0, -0.5), 0.5, Paint((0, 0, 0), opacity=0.0), 0.35)


def _pentagon(pen: Pen, x: float, y: float, size: float, turn: float) -> None:
    points = [
        (x + size * math.cos(turn + k * 2 * math.pi / 5), y + size * math.sin(turn + k * 2 * math.pi / 5))
        for k in range(5)
    ]
    pen.poly(points, Paint((44, 44, 50)), 0.0, inside=True)


def kite(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A kite with its tail."""
    sway = float(rng.uniform(-0.08, 0.08))
    tail = [(0.02, -0.32), (0.1 + sway, -0.22), (-0.02 + sway, -0.12), (0.1, -0.02)]
    pen.line(tail, 0.02, look.paint.plain(-0.3))
    for x, y in tail[1:]:
        pen.poly(
            [
                (x - 0.06, y - 0.035),
                (x, y),
                (x - 0.06, y + 0.035),
                (x + 0.06, y - 0.035),
                (x, y),
                (x + 0.06, y + 0.035),
            ],
            Paint(look.accent),
            0,
        )
    pen.poly("0,-1.0 0.3,-0.72 0,-0.3 -0.3,-0.72", look.paint, 0.2)
    pen.poly("0,-1.0 0.3,-0.72 0,-0.72", Paint(look.accent), 0.1)
    pen.poly("0,-0.3 -0.3,-0.72 0,-0.72", Paint(look.accent).toned(-0.1), 0.1)
    pen.line([(0, -1.0), (0, -0.3)], 0.012, look.paint.plain(-0.4))
    pen.line([(-0.3, -0.72), (0.3, -0.72)], 0.012, look.paint.plain(-0.4))


def balloon(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A balloon on its string."""
    sway = float(rng.uniform(-0.06, 0.06))
    pen.line([(0, -0.46), (sway, -0.3), (-sway, -0.14), (0.0, 0.0)], 0.012, Paint((236, 236, 236)))
    pen.poly("0,-0.5 0.05,-0.44 -0.05,-0.44", look.paint.plain(-0.15), 0.2)
    pen.blob("0,-0.48 -0.19,-0.62 -0.25,-0.8 -0.14,-0.97 0,-1.0 0.14,-0.97 0.25,-0.8 0.19,-0.62", look.paint, 0.7)
    pen.glow((-0.1, -0.84), (0.1, 0.13), (255, 255, 255), 0.75)


def parasol(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A parasol, standing."""
    lean = float(rng.uniform(-0.05, 0.05))
    pen.bar((-lean, 0.0), (lean, -0.94), (0.024, 0.024), Paint((214, 204, 188)))
    top = [(-0.56, -0.62), (-0.46, -0.8), (-0.24, -0.93), (0, -0.98), (0.24, -0.93), (0.46, -0.8), (0.56, -0.62)]
    hem = [(0.42, -0.66), (0.28, -0.62), (0.14, -0.66), (0.0, -0.62), (-0.14, -0.66), (-0.28, -0.62), (-0.42, -0.66)]
    pen.poly([(x + lean, y) for x, y in [*top, *hem]], look.paint, 0.4)
    for x in (-0.28, 0.0, 0.28):
        pen.line([(x + lean, -0.63), (x * 0.6 + lean, -0.88), (lean, -0.98)], 0.008, look.paint.plain(-0.25))
    pen.oval((lean, -0.985), (0.02, 0.02), look.paint.plain(-0.3))


def umbrella(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """An umbrella to be held: its grip is its ground."""
    pen.bar((0, 0.02), (0, -0.94), (0.022, 0.022), Paint((70, 62, 60)))
    dome = "-0.62,-0.5 -0.52,-0.74 -0.28,-0.92 0,-0.98 0.28,-0.92 0.52,-0.74 0.62,-0.5"
    pen.poly(f"{dome} 0.42,-0.57 0.22,-0.5 0.0,-0.57 -0.22,-0.5 -0.42,-0.57", look.paint, 0.45)
    for x in (-0.22, 0.22):
        pen.line([(x, -0.51), (x * 0.8, -0.76), (0, -0.97)], 0.01, look.paint.plain(-0.25))
    pen.bar((0, -0.97), (0, -1.03), (0.02, 0.012), Paint((70, 62, 60)))
    del rng


def bench(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A park bench."""
    iron, slat = Paint((64, 68, 72)), Paint(look.paint.rgb, grain=0.14, texture="wood")
    for x in (-0.78, 0.78):
        pen.bar((x, -0.98), (x, -0.02), (0.06, 0.06), iron)
        pen.bar((x + 0.14, -0.44), (x + 0.14, 0.0), (0.06, 0.06), iron)
    for y in (-0.96, -0.8, -0.64):
        pen.poly([(-0.92, y - 0.05), (0.92, y - 0.05), (0.92, y + 0.06), (-0.92, y + 0.06)], slat, 0.3)
    for y, reach in ((-0.46, 0.94), (-0.38, 1.0)):
        pen.poly([(-reach, y - 0.05), (reach, y - 0.05), (reach, y + 0.05), (-reach, y + 0.05)], slat.toned(0.1), 0.3)
    del rng


def hydrant(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A fire hydrant."""
    body = look.paint
    pen.poly("-0.28,-0.1 0.28,-0.1 0.3,0 -0.3,0", body.toned(-0.2), 0.4)
    pen.bar((-0.32, -0.52), (0.32, -0.52), (0.2, 0.2), body.toned(-0.15))
    pen.poly("-0.2,-0.1 0.2,-0.1 0.2,-0.74 -0.2,-0.74", body, 0.6)
    pen.blob("-0.26,-0.72 -0.2,-0.86 0,-0.94 0.2,-0.86 0.26,-0.72", body, 0.5)
    pen.oval((0, -0.95), (0.06, 0.06), body.toned(-0.1), 0.5)
    pen.oval((0, -0.5), (0.13, 0.13), body.toned(0.15), 0.6)
    pen.oval((0, -0.5), (0.06, 0.06), body.toned(-0.3), 0.4)
    del rng


def stop_sign(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A stop sign, with a white bar for its lettering."""
    pen.bar((0, 0), (0, -0.72), (0.04, 0.04), _STEEL)
    points = [
        (0.25 * math.cos(a), -0.76 + 0.25 * math.sin(a)) for a in [math.pi / 8 + k * math.pi / 4 for k in range(8)]
    ]
    inner = [(x * 0.9, -0.76 + (y + 0.76) * 0.9) for x, y in points]
    pen.poly(points, _WHITE, 0.1)
    pen.poly(inner, look.paint, 0.1)
    for number, x in enumerate((-0.135, -0.045, 0.045, 0.135)):
        pen.poly([(x - 0.03, -0.82), (x + 0.03, -0.82), (x + 0.03, -0.7), (x - 0.03, -0.7)], _WHITE, 0)
        if number == 2:
            pen.poly([(x - 0.01, -0.8), (x + 0.01, -0.8), (x + 0.01, -0.72), (x - 0.01, -0.72)], look.paint, 0)
    del rng


def traffic_light(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """Traffic lights on their pole; one of three is lit."""
    pen.bar((0, 0), (0, -0.6), (0.04, 0.04), Paint((84, 88, 92)))
    pen.poly("-0.1,-1.0 0.1,-1.0 0.1,-0.56 -0.1,-0.56", Paint((48, 52, 54)), 0.25)
    lit = int(rng.integers(3))
    for number, (y, rgb) in enumerate(((-0.92, (240, 60, 50)), (-0.78, (252, 196, 60)), (-0.64, (70, 214, 110)))):
        pen.oval((0, y), (0.058, 0.058), Paint(rgb).toned(0.0 if number == lit else -0.66), 0.4)


def surfboard(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A surfboard, stuck in the sand."""
    pen.blob("-0.1,0.0 -0.15,-0.3 -0.14,-0.66 0,-1.0 0.14,-0.66 0.15,-0.3 0.1,0.0", look.paint, 0.35)
    pen.line([(0, -0.97), (0, -0.01)], 0.014, look.paint.plain(-0.3))
    pen.poly("-0.16,-0.46 0.16,-0.4 0.16,-0.3 -0.16,-0.36", Paint(look.accent), 0.0, inside=True)
    del rng


def bucket(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A bucket."""
    pen.line("-0.42,-0.76 -0.3,-1.0 0.3,-1.0 0.42,-0.76", 0.035, _STEEL)
    pen.blob("-0.44,-0.78 0.44,-0.78 0.38,-0.4 0.32,0.0 -0.32,0.0 -0.38,-0.4", look.paint, 0.4)
    pen.oval((0, -0.78), (0.44, 0.1), look.paint.plain(-0.4), 0.2)
    pen.poly("-0.42,-0.56 0.42,-0.56 0.4,-0.44 -0.4,-0.44", Paint(look.accent), 0, inside=True)
    del rng


def snowman(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A snowman with hat and scarf."""
    snow, twig = Paint((244, 246, 252), grain=0.03), Paint((92, 68, 50))
    for side in (-1, 1):
        pen.line([(side * 0.14, -0.56), (side * 0.36, -0.68), (side * 0.42, -0.76)], 0.018, twig)
    pen.oval((0, -0.2), (0.25, 0.215), snow, 0.7)
    pen.oval((0, -0.52), (0.185, 0.17), snow, 0.7)
    pen.oval((0, -0.77), (0.13, 0.125), snow, 0.7)
    pen.bar((-0.1, -0.65), (0.1, -0.65), (0.06, 0.06), look.paint)
    pen.bar((0.06, -0.64), (0.1, -0.5), (0.06, 0.055), look.paint)
    pen.poly("-0.15,-0.85 0.15,-0.85 0.15,-0.88 -0.15,-0.88", Paint((48, 46, 52)), 0.2)
    pen.poly("-0.1,-0.88 0.1,-0.88 0.09,-1.0 -0.09,-1.0", Paint((48, 46, 52)), 0.4)
    pen.poly("-0.1,-0.88 0.1,-0.88 0.1,-0.905 -0.1,-0.905", look.paint.plain(), 0)
    for x, y in ((-0.05, -0.8), (0.05, -0.8), (0, -0.58), (0, -0.5)):
        pen.oval((x, y), (0.017, 0.017), Paint((40, 40, 44)), 0)
    pen.poly("0.0,-0.78 0.13,-0.755 0.0,-0.735", Paint((240, 132, 44)), 0.3)
    del rng


KINDS = (
    Kind(
        "ball",
        ball,
        (-0.53, -1.03, 0.53, 0.03),
        0.12,
        37,
        36,
        VIVID,
        ("plain", "plain", "striped", "spotted"),
        period=0.34,
        shadow=(0.8, 0.13),
    ),
    Kind(
        "soccer ball",
        football,
        (-0.53, -1.03, 0.53, 0.03),
        0.1,
        37,
        36,
        ("black",),
        named_colour=False,
        shadow=(0.8, 0.13),
    ),
    Kind(
        "parasol",
        parasol,
        (-0.64, -1.03, 0.64, 0.02),
        0.5,
        28,
        27,
        VIVID,
        ("striped", "striped", "plain"),
        period=0.19,
        shadow=(0.3, 0.03),
    ),
    Kind(
        "bench",
        bench,
        (-1.04, -1.03, 1.04, 0.03),
        0.24,
        15,
        14,
        ("brown", "green", "white", "red"),
        shadow=(1.9, 0.08),
        seat=(0.0, -0.46),
    ),
    Kind(
        "fire hydrant", hydrant, (-0.46, -1.03, 0.46, 0.02), 0.2, 11, 10, ("red", "yellow", "blue"), shadow=(0.7, 0.09)
    ),
    Kind(
        "stop sign",
        stop_sign,
        (-0.28, -1.04, 0.28, 0.02),
        0.44,
        13,
        12,
        ("red",),
        named_colour=False,
        shadow=(0.16, 0.03),
    ),
    Kind(
        "traffic light",
        traffic_light,
        (-0.12, -1.03, 0.12, 0.02),
        0.56,
        10,
        9,
        ("black",),
        named_colour=False,
        shadow=(0.16, 0.03),
    ),
    Kind(
        "surfboard",
        surfboard,
        (-0.18, -1.03, 0.18, 0.02),
        0.44,
        42,
        41,
        VIVID,
        ("plain", "striped"),
        period=0.16,
        shadow=(0.3, 0.04),
    ),
    Kind("bucket", bucket, (-0.48, -1.05, 0.48, 0.02), 0.12, 0, 255, VIVID, shadow=(0.9, 0.12)),
    Kind(
        "snowman", snowman, (-0.46, -1.04, 0.46, 0.03), 0.44, 0, 255, VIVID[:6], named_colour=False, shadow=(0.6, 0.07)
    ),
)
KITE = Kind(
    "kite",
    kite,
    (-0.34, -1.03, 0.34, 0.05),
    0.26,
    38,
    37,
    VIVID,
    ("plain", "plain", "striped"),
    period=0.2,
    shadow=(0, 0),
)
BALLOON = Kind(
    "balloon",
    balloon,
    (-0.3, -1.03, 0.3, 0.02),
    0.34,
    0,
    255,
    VIVID,
    ("plain", "plain", "spotted"),
    period=0.2,
    shadow=(0, 0),
)
UMBRELLA = Kind(
    "umbrella",
    umbrella,
    (-0.66, -1.06, 0.66, 0.05),
    0.3,
    28,
    27,
    VIVID,
    ("plain", "striped", "spotted"),
    period=0.26,
    shadow=(0, 0),
)
