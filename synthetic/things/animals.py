"""Animals."""

from __future__ import annotations

import numpy as np

from ieiw.synthetic.palette import Paint, tone
from ieiw.synthetic.rasteriser import Pen, Point, ragged
from ieiw.synthetic.things.kinds import Kind, Look

_DARK = Paint((38, 32, 32))
_WHITE = Paint((250, 250, 248))
_PINK = Paint((226, 148, 148))


def _eye(pen: Pen, at: Point, size: float) -> None:
    pen.oval(at, (size, size), _DARK, 0.0)
    pen.oval((at[0] - size * 0.3, at[1] - size * 0.35), (size * 0.36, size * 0.36), _WHITE, 0.0)


def _legs(pen: Pen, coat: Paint, at: tuple[float, ...], top: float, widths: Point, stride: float) -> None:
    """Straight legs from ``top`` to the ground, with darker feet; the first two are on the far side."""
    for number, x in enumerate(at):
        far = number < 2
        shift = stride * (1 if number % 2 else -1)
        tint = coat.toned(-0.28) if far else coat
        foot = (x + shift, -0.03)
        pen.bar((x, top), foot, widths, tint)
        pen.oval((foot[0] + widths[1] * 0.3, -widths[1] * 0.34), (widths[1] * 0.8, widths[1] * 0.42), tint.plain(-0.25))


def cat(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A cat that sits, head towards us."""
    coat, dark = look.paint, look.paint.toned(-0.2)
    tip = float(rng.uniform(-0.1, 0.15))
    pen.line([(-0.2, -0.08), (-0.42, -0.06), (-0.5, -0.2), (-0.44 + tip, -0.36)], 0.085, dark)
    pen.blob("-0.3,0 -0.34,-0.18 -0.22,-0.42 -0.04,-0.6 0.16,-0.58 0.24,-0.3 0.22,0", coat, 0.4)
    pen.oval((-0.17, -0.14), (0.15, 0.15), coat.toned(-0.06), 0.6)
    for x in (0.04, 0.17):
        pen.bar((x, -0.36), (x, -0.05), (0.1, 0.09), coat.toned(0.03))
        pen.oval((x + 0.02, -0.035), (0.075, 0.04), coat.plain(0.25))
    pen.blob("0.04,-0.3 0.1,-0.54 0.2,-0.32", coat.plain(0.45), 0.4)
    for side in (-1, 1):
        x = 0.1 + side * 0.13
        pen.poly([(x - 0.08, -0.8), (x + side * 0.05, -1.0), (x + 0.08, -0.79)], coat, 0.4)
        pen.poly([(x - 0.04, -0.81), (x + side * 0.035, -0.94), (x + 0.04, -0.81)], _PINK, 0.2)
    pen.oval((0.1, -0.7), (0.23, 0.19), coat, 0.6)
    pen.oval((0.1, -0.63), (0.1, 0.075), coat.plain(0.5), 0.4)
    for side in (-1, 1):
        pen.oval((0.1 + side * 0.09, -0.73), (0.042, 0.05), Paint((150, 186, 84)), 0.0)
        pen.oval((0.1 + side * 0.09, -0.73), (0.017, 0.045), _DARK, 0.0)
    pen.poly("0.075,-0.665 0.125,-0.665 0.1,-0.635", _PINK, 0.2)
    for side in (-1, 1):
        for lift in (-0.02, 0.025):
            pen.line([(0.1 + side * 0.06, -0.63), (0.1 + side * 0.25, -0.645 + lift)], 0.006, coat.plain(0.7))


def dog(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A dog that stands."""
    coat, dark = look.paint, look.paint.plain(-0.32)
    wag = float(rng.uniform(-0.1, 0.1))
    pen.line([(-0.46, -0.58), (-0.6, -0.7), (-0.64 + wag, -0.88)], 0.075, coat)
    _legs(pen, coat, (-0.34, 0.3, -0.42, 0.22), -0.36, (0.17, 0.1), float(rng.uniform(-0.04, 0.04)))
    pen.blob("-0.5,-0.5 -0.42,-0.64 0.0,-0.63 0.3,-0.7 0.4,-0.52 0.28,-0.3 -0.1,-0.33 -0.42,-0.3", coat, 0.5)
    pen.bar((0.26, -0.56), (0.44, -0.8), (0.28, 0.2), coat)
    pen.line([(0.27, -0.68), (0.45, -0.62)], 0.045, Paint(look.accent))
    pen.blob("0.3,-0.84 0.42,-0.97 0.56,-0.93 0.62,-0.84 0.55,-0.72 0.38,-0.7", coat, 0.5)
    pen.blob("0.52,-0.86 0.74,-0.83 0.78,-0.76 0.7,-0.7 0.53,-0.71", coat.plain(0.3), 0.5)
    pen.oval((0.76, -0.81), (0.038, 0.032), _DARK, 0.4)
    pen.blob("0.34,-0.93 0.42,-0.95 0.46,-0.8 0.4,-0.64 0.3,-0.7", dark, 0.45)
    _eye(pen, (0.56, -0.86), 0.03)


def sheep(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A sheep with its wool."""
    wool, face = look.paint, Paint((74, 64, 62))
    _legs(pen, face, (-0.26, 0.3, -0.36, 0.2), -0.3, (0.1, 0.08), 0.02)
    pen.blob(ragged(rng, (-0.04, -0.58), (0.56, 0.35), 0.09, 22).tolist(), wool, 0.5)
    for x, y in (
        (-0.38, -0.66),
        (-0.16, -0.78),
        (0.1, -0.76),
        (0.32, -0.66),
        (-0.3, -0.46),
        (-0.04, -0.54),
        (0.22, -0.5),
    ):
        pen.oval((x, y), (0.16, 0.13), wool.toned(0.12), 0.7)
    pen.oval((0.44, -0.66), (0.09, 0.04), face, 0.3, tilt=0.5)
    pen.blob("0.5,-0.84 0.64,-0.82 0.72,-0.62 0.68,-0.5 0.58,-0.5 0.48,-0.66", face, 0.5)
    pen.oval((0.52, -0.85), (0.14, 0.1), wool.toned(0.1), 0.6)
    _eye(pen, (0.6, -0.7), 0.028)


def cow(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A cow."""
    coat = look.paint
    pen.line("-0.62,-0.7 -0.7,-0.56 -0.68,-0.34", 0.035, coat.plain(-0.2))
    pen.oval((-0.68, -0.3), (0.035, 0.07), _DARK)
    _legs(pen, coat.plain(0.1), (-0.44, 0.3, -0.52, 0.22), -0.36, (0.17, 0.1), float(rng.uniform(-0.03, 0.03)))
    pen.oval((-0.26, -0.36), (0.12, 0.08), _PINK)
    pen.blob("-0.64,-0.6 -0.56,-0.78 -0.1,-0.76 0.32,-0.82 0.42,-0.6 0.3,-0.38 -0.1,-0.34 -0.56,-0.38", coat, 0.5)
    pen.bar((0.34, -0.64), (0.56, -0.8), (0.32, 0.22), coat)
    pen.oval((0.47, -0.9), (0.1, 0.045), coat.plain(-0.25), tilt=0.4)
    pen.blob("0.5,-0.92 0.66,-0.93 0.74,-0.8 0.78,-0.66 0.68,-0.6 0.56,-0.7", coat.plain(), 0.5)
    pen.oval((0.75, -0.655), (0.085, 0.07), _PINK, 0.5)
    pen.line("0.54,-0.92 0.53,-0.99 0.58,-1.03", 0.03, Paint((232, 220, 190)))
    pen.oval((0.77, -0.67), (0.014, 0.014), _DARK, 0)
    _eye(pen, (0.65, -0.82), 0.026)


def horse(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A horse; a zebra is a striped one."""
    coat = look.paint
    mane = coat.plain(-0.5) if look.pattern == "plain" else _DARK
    pen.line("-0.44,-0.62 -0.54,-0.5 -0.55,-0.24", 0.075, mane)
    _legs(pen, coat, (-0.28, 0.24, -0.36, 0.16), -0.36, (0.14, 0.062), float(rng.uniform(-0.06, 0.06)))
    pen.blob("-0.47,-0.5 -0.42,-0.66 -0.06,-0.63 0.24,-0.69 0.34,-0.52 0.2,-0.36 -0.1,-0.35 -0.38,-0.34", coat, 0.5)
    pen.bar((0.2, -0.55), (0.42, -0.88), (0.3, 0.14), coat)
    pen.line("0.16,-0.72 0.28,-0.86 0.4,-0.96", 0.06, mane)
    pen.poly("0.4,-0.93 0.42,-1.02 0.47,-0.93", coat, 0.3)
    pen.blob("0.38,-0.94 0.48,-0.95 0.6,-0.8 0.66,-0.7 0.6,-0.65 0.5,-0.72 0.38,-0.82", coat, 0.5)
    pen.oval((0.62, -0.69), (0.06, 0.05), coat.plain(-0.35), 0.4)
    _eye(pen, (0.49, -0.87), 0.02)


def elephant(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """An elephant."""
    skin = look.paint
    pen.line([(-0.58, -0.62), (-0.66, -0.44)], 0.03, skin.toned(-0.25))
    _legs(pen, skin, (-0.34, 0.26, -0.46, 0.14), -0.4, (0.24, 0.2), float(rng.uniform(-0.03, 0.03)))
    pen.oval((-0.14, -0.62), (0.5, 0.34), skin, 0.6)
    pen.blob("0.2,-0.9 0.42,-0.98 0.58,-0.84 0.58,-0.6 0.4,-0.5 0.24,-0.6", skin, 0.5)
    pen.line("0.52,-0.66 0.6,-0.46 0.62,-0.26 0.7,-0.14", 0.12, skin)
    pen.line("0.47,-0.56 0.56,-0.48 0.66,-0.5", 0.04, _WHITE.plain(-0.06))
    pen.blob("0.12,-0.86 0.3,-0.86 0.36,-0.64 0.24,-0.44 0.1,-0.6", skin.toned(-0.14), 0.5)
    _eye(pen, (0.46, -0.78), 0.022)


def bird(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A bird on its feet."""
    coat, beak = look.paint, Paint((240, 164, 48))
    for x in (-0.02, 0.1):
        pen.line([(x, -0.25), (x + 0.02, -0.02), (x + 0.1, -0.015)], 0.028, beak.toned(-0.25))
    pen.poly("-0.3,-0.42 -0.66,-0.34 -0.62,-0.24 -0.22,-0.26", coat.toned(-0.28), 0.3)
    pen.blob("-0.36,-0.4 -0.12,-0.62 0.12,-0.82 0.36,-0.6 0.3,-0.3 0.02,-0.18 -0.22,-0.24", coat, 0.55)
    pen.blob("0.34,-0.56 0.28,-0.3 0.06,-0.2 0.1,-0.42", coat.plain(0.5), 0.5, inside=True)
    pen.poly("0.4,-0.84 0.6,-0.76 0.4,-0.7", beak, 0.3)
    pen.oval((0.25, -0.79), (0.21, 0.2), coat, 0.6)
    pen.blob("-0.4,-0.4 -0.1,-0.6 0.12,-0.5 -0.02,-0.34", coat.toned(-0.22), 0.5)
    _eye(pen, (0.32, -0.83), 0.04)


def flying_bird(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A bird on the wing."""
    coat, lift = look.paint, float(rng.uniform(0.0, 0.2))
    pen.blob([(0.02, -0.5), (0.18, -0.7), (0.1, -0.92 - lift * 0.4), (-0.06, -0.72)], coat.toned(-0.3), 0.4)
    pen.poly("-0.34,-0.44 -0.72,-0.52 -0.68,-0.34 -0.3,-0.36", coat.toned(-0.2), 0.3)
    pen.blob("-0.4,-0.42 -0.05,-0.54 0.32,-0.52 0.36,-0.36 0.02,-0.26 -0.3,-0.34", coat, 0.55)
    pen.poly("0.5,-0.5 0.7,-0.44 0.5,-0.4", Paint((240, 164, 48)), 0.3)
    pen.oval((0.4, -0.47), (0.15, 0.135), coat, 0.6)
    pen.blob(
        [(0.12, -0.42), (-0.22, -0.44), (-0.44, -0.78 - lift), (-0.14, -0.74 - lift * 0.5)], coat.toned(-0.1), 0.45
    )
    _eye(pen, (0.44, -0.5), 0.03)


def duck(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A duck that swims; its waterline is its ground."""
    coat = look.paint
    pen.blob("-0.7,-0.5 -0.3,-0.42 0.2,-0.5 0.5,-0.36 0.46,-0.06 0.3,0.0 -0.42,0.0 -0.6,-0.16", coat, 0.5)
    pen.bar((0.32, -0.34), (0.4, -0.76), (0.26, 0.2), coat)
    pen.blob("0.58,-0.82 0.82,-0.74 0.82,-0.68 0.56,-0.68", Paint((238, 160, 44)), 0.4)
    pen.oval((0.43, -0.8), (0.2, 0.19), coat, 0.6)
    pen.blob("-0.5,-0.34 -0.1,-0.42 0.18,-0.3 -0.06,-0.12 -0.38,-0.16", coat.toned(-0.14), 0.5)
    _eye(pen, (0.49, -0.84), 0.034)
    ripple = Paint((255, 255, 255), opacity=0.35)
    pen.line([(-0.52 + 0.1 * float(rng.random()), 0.005), (0.44, 0.005)], 0.02, ripple)


def butterfly(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A butterfly with open wings."""
    wing = look.paint
    for side in (-1, 1):
        pen.blob([(side * 0.04, -0.5), (side * 0.2, -0.94), (side * 0.52, -0.9), (side * 0.46, -0.56)], wing, 0.35)
        pen.blob(
            [(side * 0.04, -0.46), (side * 0.44, -0.46), (side * 0.36, -0.12), (side * 0.12, -0.14)],
            wing.toned(-0.15),
            0.35,
        )
        pen.oval((side * 0.34, -0.74), (0.07, 0.07), Paint(look.accent), 0.3)
        pen.line([(side * 0.02, -0.72), (side * 0.12, -0.92)], 0.014, _DARK)
    pen.bar((0, -0.72), (0, -0.22), (0.08, 0.05), _DARK)
    del rng


def fish(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A fish in profile."""
    coat = look.paint
    sweep = float(rng.uniform(-0.06, 0.06))
    pen.blob([(-0.5, -0.5), (-0.86, -0.8 + sweep), (-0.74, -0.48), (-0.86, -0.18 + sweep)], coat.toned(-0.18), 0.4)
    pen.blob("-0.3,-0.7 0.0,-0.98 0.3,-0.76 0.0,-0.6", coat.toned(-0.18), 0.4)
    pen.blob("-0.1,-0.3 0.04,-0.04 0.2,-0.3", coat.toned(-0.18), 0.4)
    pen.oval((0.05, -0.5), (0.64, 0.3), coat, 0.6)
    pen.oval((0.0, -0.36), (0.5, 0.14), Paint(tone(coat.rgb, 0.5), opacity=0.5), 0.0, inside=True)
    pen.line("0.34,-0.7 0.28,-0.5 0.34,-0.3", 0.02, coat.plain(-0.3))
    pen.oval((0.48, -0.56), (0.08, 0.08), _WHITE, 0.2)
    _eye(pen, (0.5, -0.56), 0.045)
    pen.line([(0.56, -0.42), (0.66, -0.44)], 0.02, coat.plain(-0.4))


def teddy(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A teddy bear that sits."""
    fur, light = look.paint, look.paint.plain(0.4)
    for side in (-1, 1):
        pen.oval((side * 0.2, -0.94), (0.1, 0.1), fur, 0.6)
        pen.oval((side * 0.2, -0.93), (0.055, 0.055), light, 0.4)
    pen.oval((0, -0.34), (0.27, 0.3), fur, 0.6)
    pen.oval((0, -0.3), (0.17, 0.2), light, 0.5)
    for side in (-1, 1):
        pen.bar((side * 0.2, -0.5), (side * 0.36, -0.26 - 0.1 * float(rng.random())), (0.15, 0.14), fur)
        pen.bar((side * 0.14, -0.14), (side * 0.3, -0.09), (0.2, 0.18), fur)
        pen.oval((side * 0.33, -0.1), (0.085, 0.1), light, 0.5)
    pen.oval((0, -0.76), (0.26, 0.23), fur, 0.6)
    pen.oval((0, -0.69), (0.12, 0.095), light, 0.5)
    pen.oval((0, -0.73), (0.045, 0.032), _DARK, 0.4)
    for side in (-1, 1):
        _eye(pen, (side * 0.1, -0.81), 0.03)
    pen.poly("0,-0.53 -0.13,-0.6 -0.13,-0.47 0.0,-0.53 0.13,-0.47 0.13,-0.6", Paint(look.accent), 0.4)


_COATS = ("brown", "black", "white", "gray", "golden")

KINDS = (
    Kind(
        "cat",
        cat,
        (-0.62, -1.02, 0.5, 0.02),
        0.24,
        17,
        16,
        ("orange", "black", "gray", "white", "brown"),
        ("plain", "plain", "striped"),
        ("sitting",),
        period=0.13,
        grain=0.09,
        texture="fur",
        shadow=(0.7, 0.09),
    ),
    Kind(
        "dog",
        dog,
        (-0.8, -1.0, 0.82, 0.03),
        0.25,
        18,
        17,
        _COATS,
        ("plain", "plain", "spotted"),
        ("standing",),
        period=0.26,
        grain=0.08,
        texture="fur",
        shadow=(1.0, 0.09),
    ),
    Kind(
        "sheep",
        sheep,
        (-0.68, -1.02, 0.8, 0.03),
        0.26,
        20,
        19,
        ("white", "white", "gray", "black"),
        grain=0.16,
        texture="leaf",
        shadow=(0.95, 0.09),
    ),
    Kind(
        "cow",
        cow,
        (-0.76, -1.06, 0.88, 0.03),
        0.36,
        21,
        20,
        ("white", "brown", "black"),
        ("spotted", "plain"),
        period=0.42,
        grain=0.05,
        texture="fur",
        shadow=(1.1, 0.09),
    ),
    Kind(
        "horse",
        horse,
        (-0.62, -1.04, 0.72, 0.03),
        0.44,
        19,
        18,
        ("brown", "black", "white", "gray", "golden"),
        grain=0.05,
        texture="fur",
        shadow=(0.8, 0.07),
    ),
    Kind(
        "zebra",
        horse,
        (-0.62, -1.04, 0.72, 0.03),
        0.44,
        24,
        23,
        ("white",),
        ("striped",),
        named_colour=False,
        period=0.13,
        grain=0.03,
        texture="fur",
        shadow=(0.8, 0.07),
    ),
    Kind(
        "elephant",
        elephant,
        (-0.72, -1.0, 0.8, 0.03),
        0.5,
        22,
        21,
        ("gray",),
        named_colour=False,
        grain=0.08,
        shadow=(1.1, 0.08),
    ),
    Kind(
        "bird",
        bird,
        (-0.8, -1.1, 0.72, 0.02),
        0.12,
        16,
        15,
        ("red", "blue", "yellow", "black", "white", "orange", "purple"),
        poses=("standing",),
        grain=0.07,
        texture="fur",
        shadow=(0.6, 0.09),
    ),
    Kind(
        "duck",
        duck,
        (-0.76, -1.02, 0.86, 0.04),
        0.12,
        16,
        15,
        ("yellow", "white", "brown", "gray"),
        grain=0.06,
        texture="fur",
        shadow=(1.1, 0.12),
    ),
    Kind(
        "butterfly",
        butterfly,
        (-0.56, -0.98, 0.56, 0.0),
        0.1,
        0,
        255,
        ("orange", "blue", "yellow", "purple", "pink"),
        ("plain", "spotted"),
        period=0.22,
        shadow=(0.0, 0.0),
    ),
    Kind(
        "fish",
        fish,
        (-0.9, -1.0, 0.72, 0.0),
        0.13,
        0,
        255,
        ("orange", "yellow", "blue", "red", "purple", "pink"),
        ("plain", "striped", "spotted"),
        period=0.3,
        shadow=(0.0, 0.0),
    ),
    Kind(
        "teddy bear",
        teddy,
        (-0.48, -1.06, 0.48, 0.03),
        0.24,
        88,
        87,
        ("brown", "golden", "white", "pink"),
        grain=0.12,
        texture="fur",
        shadow=(0.8, 0.09),
    ),
)
FLYING_BIRD = Kind(
    "bird",
    flying_bird,
    (-0.8, -1.22, 0.72, 0.0),
    0.13,
    16,
    15,
    ("white", "black", "blue", "red", "gray"),
    poses=("flying",),
    grain=0.06,
    texture="fur",
    shadow=(0.0, 0.0),
)
