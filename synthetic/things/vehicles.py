"""Vehicles on road, water and in the air."""

from __future__ import annotations

import numpy as np

from ieiw.synthetic.palette import VIVID, Paint
from ieiw.synthetic.rasteriser import Pen
from ieiw.synthetic.things.kinds import Kind, Look

_GLASS = Paint((150, 190, 214))
_TYRE = Paint((42, 42, 46))
_RIM = Paint((196, 198, 202))
_CHROME = Paint((206, 208, 212))
_LAMP = Paint((255, 236, 170))
_BRAKE = Paint((214, 52, 44))
_LINE = 0.012


def _wheel(pen: Pen, x: float, radius: float) -> None:
    pen.oval((x, -radius), (radius, radius), _TYRE, 0.3)
    pen.oval((x, -radius), (radius * 0.58, radius * 0.58), _RIM, 0.4)
    pen.oval((x, -radius), (radius * 0.2, radius * 0.2), _TYRE, 0.3)


def car(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A car in profile: saloon or hatchback."""
    body = look.paint
    long = bool(rng.random() < 0.5)
    tail = -0.98 if long else -0.9
    roof = -0.36 if long else -0.62
    pen.poly("-1.12,-0.24 1.12,-0.24 1.1,-0.12 -1.1,-0.12", Paint((48, 48, 52)), 0.2)
    pen.blob([(roof - 0.22, -0.6), (roof + 0.1, -0.98), (0.16, -1.0), (0.42, -0.88), (0.72, -0.58)], body, 0.3)
    shell = [
        (-1.2, -0.3),
        (-1.2, -0.56),
        (tail, -0.63),
        (-0.4, -0.66),
        (0.6, -0.63),
        (1.06, -0.52),
        (1.2, -0.38),
        (1.18, -0.2),
        (-1.16, -0.18),
    ]
    pen.blob(shell, body, 0.35)
    pen.poly([(roof - 0.02, -0.64), (roof + 0.15, -0.91), (0.06, -0.92), (0.06, -0.64)], _GLASS, 0.15)
    pen.poly("0.12,-0.64 0.12,-0.92 0.34,-0.84 0.58,-0.64", _GLASS, 0.15)
    pen.poly(
        [(roof + 0.16, -0.89), (roof + 0.28, -0.89), (roof + 0.12, -0.66), (roof + 0.0, -0.66)],
        Paint((255, 255, 255), opacity=0.3),
        0,
    )
    pen.line([(0.09, -0.62), (0.07, -0.24)], _LINE, body.plain(-0.35))
    pen.line([(-1.12, -0.42), (1.1, -0.4)], _LINE * 1.4, body.plain(-0.22))
    pen.line([(-0.1, -0.53), (0.0, -0.53)], 0.03, _CHROME)
    pen.oval((1.1, -0.43), (0.08, 0.055), _LAMP, 0.4)
    pen.oval((-1.13, -0.46), (0.05, 0.075), _BRAKE, 0.4)
    for x in (-0.7, 0.72):
        pen.oval((x, -0.22), (0.27, 0.27), Paint((30, 30, 34)), 0, inside=True)
        _wheel(pen, x, 0.22)


def bus(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A bus in profile."""
    body = look.paint
    pen.blob(
        "-1.3,-0.14 -1.32,-0.5 -1.3,-0.94 -1.2,-1.0 0,-1.0 1.2,-1.0 1.32,-0.9 1.36,-0.4 1.32,-0.14 0,-0.13", body, 0.12
    )
    pen.poly("-1.3,-0.44 1.35,-0.44 1.35,-0.36 -1.3,-0.36", Paint(look.accent), 0.0, inside=True)
    for x in (-1.2, -0.78, -0.36, 0.06):
        pen.poly([(x, -0.88), (x + 0.34, -0.88), (x + 0.34, -0.56), (x, -0.56)], _GLASS, 0.12)
        pen.poly(
            [(x + 0.05, -0.87), (x + 0.14, -0.87), (x + 0.04, -0.57), (x, -0.57)],
            Paint((255, 255, 255), opacity=0.35),
            0,
        )
    pen.poly("0.5,-0.88 0.84,-0.88 0.84,-0.16 0.5,-0.16", _GLASS.toned(-0.12), 0.1)
    pen.line([(0.67, -0.88), (0.67, -0.16)], 0.016, body.plain(-0.35))
    pen.poly("0.92,-0.9 1.24,-0.88 1.32,-0.52 0.92,-0.52", _GLASS, 0.12)
    pen.oval((1.31, -0.27), (0.05, 0.06), _LAMP, 0.3)
    pen.oval((-1.3, -0.27), (0.035, 0.07), _BRAKE, 0.3)
    for x in (-0.84, 1.06):
        pen.oval((x, -0.15), (0.21, 0.21), Paint((30, 30, 34)), 0, inside=True)
        _wheel(pen, x, 0.17)
    del rng


def truck(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A truck with a box."""
    cab = look.paint
    pen.poly("-1.2,-0.28 1.16,-0.28 1.16,-0.16 -1.2,-0.16", Paint((56, 56, 60)), 0.2)
    pen.poly("-1.22,-1.0 0.42,-1.0 0.42,-0.26 -1.22,-0.26", Paint(look.accent), 0.1)
    for x in (-0.96, -0.68, -0.4, -0.12, 0.16):
        pen.line([(x, -0.98), (x, -0.28)], 0.014, Paint(look.accent).toned(-0.16))
    pen.blob("0.48,-0.84 0.56,-0.88 0.84,-0.87 1.06,-0.54 1.2,-0.48 1.2,-0.2 0.82,-0.19 0.48,-0.2", cab, 0.25)
    pen.poly("0.58,-0.8 0.82,-0.79 0.98,-0.55 0.58,-0.55", _GLASS, 0.15)
    pen.oval((1.16, -0.36), (0.05, 0.06), _LAMP, 0.3)
    for x in (-0.8, -0.36, 0.84):
        pen.oval((x, -0.18), (0.22, 0.22), Paint((30, 30, 34)), 0, inside=True)
        _wheel(pen, x, 0.19)
    del rng


def bicycle(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A bicycle in profile."""
    frame = look.paint
    for x in (-0.52, 0.52):
        hub = (x, -0.38)
        angles = np.arange(0, 2 * np.pi, np.pi / 18)
        rim = [(hub[0] + 0.35 * float(np.cos(a)), hub[1] + 0.35 * float(np.sin(a))) for a in [*angles, 0.0]]
        pen.line(rim, 0.055, _TYRE)
        for a in angles[::5]:
            pen.line([hub, (hub[0] + 0.33 * float(np.cos(a)), hub[1] + 0.33 * float(np.sin(a)))], 0.008, _RIM)
    for start, end in (
        ((-0.52, -0.38), (-0.05, -0.36)),
        ((-0.52, -0.38), (-0.2, -0.8)),
        ((-0.05, -0.36), (-0.23, -0.86)),
        ((-0.05, -0.36), (0.36, -0.8)),
        ((-0.2, -0.78), (0.36, -0.8)),
        ((0.52, -0.38), (0.34, -0.94)),
    ):
        pen.bar(start, end, (0.05, 0.05), frame)
    pen.bar((-0.36, -0.89), (-0.12, -0.88), (0.075, 0.06), _TYRE)
    pen.line("0.34,-0.94 0.42,-1.0 0.52,-0.94", 0.045, _TYRE)
    pen.oval((-0.05, -0.36), (0.08, 0.08), _RIM, 0.3)
    pen.bar((-0.05, -0.36), (0.02, -0.22), (0.03, 0.03), _TYRE)
    del rng


def sailboat(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A sailing boat; the named colour is its sail's."""
    hull = Paint((244, 240, 232)) if look.colour != "white" else Paint(look.accent)
    pen.line([(0.0, -0.18), (0.0, -1.0)], 0.024, Paint((120, 90, 64)))
    belly = float(rng.uniform(0.0, 0.05))
    pen.blob(
        [(0.03, -0.97), (0.2 + belly, -0.66), (0.44 + belly, -0.3), (0.24, -0.25), (0.03, -0.24), (0.03, -0.6)],
        look.paint,
        0.3,
    )
    pen.blob("-0.03,-0.88 -0.16,-0.6 -0.4,-0.28 -0.2,-0.25 -0.03,-0.26 -0.03,-0.56", look.paint.toned(0.22), 0.3)
    pen.blob("-0.56,-0.2 0.0,-0.19 0.6,-0.22 0.46,-0.02 0.3,0.02 -0.34,0.02 -0.48,-0.04", hull, 0.4)
    pen.poly("-0.56,-0.12 0.58,-0.13 0.55,-0.08 -0.53,-0.07", hull.plain(-0.45), 0.0, inside=True)
    pen.line([(-0.42, 0.022), (0.4, 0.022)], 0.018, Paint((255, 255, 255), opacity=0.4))


def rowboat(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A rowing boat."""
    pen.blob("-1.2,-0.86 -0.4,-0.66 0.4,-0.66 1.2,-0.9 0.94,-0.2 0.6,0.02 -0.6,0.02 -0.94,-0.2", look.paint, 0.35)
    pen.blob("-1.08,-0.8 0.0,-0.56 1.08,-0.82 0.5,-0.62 -0.5,-0.62", look.paint.plain(-0.5), 0.2)
    pen.line("-1.05,-0.5 0.0,-0.36 1.05,-0.52", 0.05, Paint((246, 240, 226)))
    for side in (-1, 1):
        pen.line([(side * 0.2, -0.9), (side * 0.66, -0.02)], 0.05, Paint((176, 132, 88)))
    del rng


def airplane(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """An airliner in flight."""
    skin = Paint((240, 242, 246))
    pen.poly("-1.06,-0.62 -1.3,-1.0 -1.06,-1.0 -0.72,-0.62", look.paint, 0.2)
    pen.poly("0.1,-0.62 -0.28,-0.92 -0.12,-0.92 0.42,-0.6", skin.toned(-0.2), 0.2)
    pen.blob("-1.2,-0.6 -0.6,-0.68 0.6,-0.7 1.1,-0.6 1.26,-0.5 1.0,-0.38 0.3,-0.34 -0.6,-0.4 -1.1,-0.54", skin, 0.5)
    pen.poly("-1.3,-0.5 1.3,-0.5 1.3,-0.44 -1.3,-0.44", look.paint, 0, inside=True)
    for x in np.arange(-0.7, 0.9, 0.16).tolist():
        pen.oval((x, -0.575), (0.035, 0.035), Paint((92, 120, 150)), 0)
    pen.poly("0.98,-0.63 1.12,-0.58 1.1,-0.53 0.94,-0.55", Paint((70, 92, 120)), 0.1)
    pen.poly("0.24,-0.42 -0.5,-0.08 -0.3,-0.06 0.6,-0.42", look.paint.toned(-0.1), 0.25)
    pen.poly("-0.98,-0.54 -1.3,-0.44 -1.16,-0.42 -0.76,-0.5", look.paint.toned(-0.1), 0.2)
    del rng


def balloon_ride(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A hot air balloon."""
    for x in (-0.09, 0.09):
        pen.line([(x * 1.8, -0.34), (x, -0.14)], 0.01, Paint((90, 70, 50)))
    envelope = [
        (-0.1, -0.3),
        (-0.3, -0.5),
        (-0.37, -0.72),
        (-0.24, -0.94),
        (0, -1.01),
        (0.24, -0.94),
        (0.37, -0.72),
        (0.3, -0.5),
        (0.1, -0.3),
    ]
    pen.blob(envelope, look.paint, 0.6)
    pen.blob(
        "-0.05,-0.3 -0.13,-0.52 -0.15,-0.74 -0.08,-0.98 0.08,-0.98 0.15,-0.74 0.13,-0.52 0.05,-0.3",
        Paint(look.accent),
        0.25,
        inside=True,
    )
    pen.glow((-0.14, -0.82), (0.16, 0.2), (255, 255, 255), 0.4)
    pen.poly("-0.09,-0.15 0.09,-0.15 0.075,0.0 -0.075,0.0", Paint((150, 106, 62), grain=0.2, texture="wood"), 0.3)
    del rng


_AUTO = (*VIVID[:5], "white", "black", "gray")
KINDS = (
    Kind("car", car, (-1.24, -1.04, 1.24, 0.02), 0.235, 3, 2, _AUTO, shadow=(2.5, 0.1)),
    Kind(
        "bus",
        bus,
        (-1.4, -1.06, 1.42, 0.02),
        0.4,
        6,
        5,
        ("red", "yellow", "blue", "green", "orange"),
        shadow=(2.7, 0.08),
    ),
    Kind("truck", truck, (-1.28, -1.04, 1.28, 0.02), 0.36, 8, 7, _AUTO[:6], shadow=(2.4, 0.08)),
    Kind(
        "bicycle",
        bicycle,
        (-0.92, -1.06, 0.92, 0.02),
        0.25,
        2,
        1,
        ("red", "blue", "green", "yellow", "black", "orange"),
        shadow=(1.5, 0.05),
    ),
)
SAILBOAT = Kind(
    "sailboat",
    sailboat,
    (-0.64, -1.02, 0.66, 0.05),
    0.42,
    9,
    8,
    (*VIVID[:6], "white"),
    ("plain", "plain", "striped"),
    period=0.2,
    shadow=(0.9, 0.06),
)
ROWBOAT = Kind("rowboat", rowboat, (-1.3, -0.98, 1.3, 0.05), 0.1, 9, 8, VIVID[:6], shadow=(1.9, 0.16))
AIRPLANE = Kind(
    "airplane",
    airplane,
    (-1.36, -1.06, 1.34, 0.0),
    0.15,
    5,
    4,
    ("red", "blue", "orange", "green"),
    named_colour=False,
    shadow=(0, 0),
)
HOT_AIR = Kind(
    "hot air balloon",
    balloon_ride,
    (-0.42, -1.06, 0.42, 0.02),
    0.3,
    0,
    255,
    VIVID,
    ("plain", "striped", "checked"),
    period=0.16,
    shadow=(0, 0),
)
