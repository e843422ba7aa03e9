"""People, with the 17 key points of COCO."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ieiw.synthetic.palette import COLOURS, VIVID, Paint, Rgb, jitter, mix
from ieiw.synthetic.rasteriser import Pen, Point, capsule
from ieiw.synthetic.things.kinds import Draw, Kind, Look

JOINTS = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)
"""COCO's order; left and right are the person's own."""

_SKINS: tuple[Rgb, ...] = ((246, 208, 178), (232, 184, 146), (206, 150, 110), (160, 108, 74), (112, 74, 52))
_HAIRS: tuple[Rgb, ...] = ((40, 32, 30), (84, 56, 38), (142, 92, 52), (216, 176, 104), (164, 74, 40), (120, 120, 124))
_TROUSERS: tuple[Rgb, ...] = ((52, 72, 112), (70, 74, 84), (120, 96, 72), (44, 48, 56), (164, 150, 124))
_DARK = Paint((44, 36, 36))
_UPPER, _FORE, _THIGH, _SHIN = 0.155, 0.145, 0.225, 0.225
_SHOULDER, _HIP = (0.092, -0.775), (0.055, -0.475)
_HEAD = (0.0, -0.905)


@dataclass(frozen=True, slots=True)
class _Body:
    """Who it is: colours and build."""

    skin: Paint
    hair: Paint
    top: Paint
    legs: Paint
    shoes: Paint
    long_hair: bool
    dress: bool
    hat: Paint | None
    head: float
    """Radius of the head: children's are larger for their height."""


@dataclass(frozen=True, slots=True)
class _Limb:
    """Three joints from the trunk outward."""

    root: Point
    middle: Point
    end: Point


def _limb(root: Point, first: float, second: float, lengths: Point) -> _Limb:
    """Angles are from straight down, positive towards +x, radians."""
    middle = (root[0] + lengths[0] * math.sin(first), root[1] + lengths[0] * math.cos(first))
    end = (middle[0] + lengths[1] * math.sin(second), middle[1] + lengths[1] * math.cos(second))
    return _Limb(root, middle, end)


def _mark_limb(pen: Pen, limb: _Limb, side: str, names: tuple[str, str, str]) -> None:
    for name, at in zip(names, (limb.root, limb.middle, limb.end), strict=True):
        pen.mark(f"{side}_{name}", at)


def _arm(pen: Pen, limb: _Limb, side: str, body: _Body, shade: float = 0.0) -> None:
    pen.bar(limb.middle, limb.end, (0.05, 0.038), body.skin.toned(shade))
    pen.oval(limb.end, (0.027, 0.029), body.skin.toned(shade), 0.5)
    pen.bar(limb.root, limb.middle, (0.074, 0.062), body.top.toned(shade - 0.05))
    _mark_limb(pen, limb, side, ("shoulder", "elbow", "wrist"))


def _leg(pen: Pen, limb: _Limb, side: str, body: _Body, shade: float = 0.0, toe: float = 0.02) -> None:
    cloth = body.skin if body.dress else body.legs
    pen.bar(limb.middle, limb.end, (0.07, 0.05), cloth.toned(shade))
    pen.bar(limb.root, limb.middle, (0.1, 0.074), cloth.toned(shade))
    x, y = limb.end
    pen.blob(
        [(x - 0.03, y + 0.0), (x + 0.02, y - 0.005), (x + 0.03 + toe, y + 0.028), (x - 0.032 + min(toe, 0), y + 0.03)],
        body.shoes.toned(shade),
        0.4,
    )
    _mark_limb(pen, limb, side, ("hip", "knee", "ankle"))


def _trunk(pen: Pen, body: _Body, half: float, shade: float = 0.0) -> None:
    hem = -0.3 if body.dress else -0.45
    flare = 0.16 if body.dress else half * 0.84
    outline = [
        (-half * 0.5, -0.815),
        (-half, -0.785),
        (-half * 0.86, -0.6),
        (-flare, hem),
        (0.0, hem + 0.012),
        (flare, hem),
        (half * 0.86, -0.6),
        (half, -0.785),
        (half * 0.5, -0.815),
    ]
    pen.blob(outline, body.top.toned(shade), 0.45)


def _front(pen: Pen, body: _Body, pose: str, rng: np.random.Generator) -> None:
    """Facing us: the person's left is on the right of the picture."""
    spread = float(rng.uniform(0.04, 0.1)) + (0.22 if pose == "jumping" else 0.0)
    bend = -0.35 if pose == "jumping" else 0.02
    for sign, side in ((-1, "right"), (1, "left")):
        limb = _limb(
            (sign * _HIP[0], _HIP[1]),
            sign * spread,
            sign * (spread + bend),
            (_THIGH, _SHIN - (0.05 if pose == "jumping" else 0.0)),
        )
        _leg(pen, limb, side, body, 0.0, sign * 0.02)
    rest = float(rng.uniform(0.12, 0.3))
    left = _limb((-_SHOULDER[0], _SHOULDER[1]), -rest, -rest * 0.4 + float(rng.uniform(-0.2, 0.1)), (_UPPER, _FORE))
    angles = {
        "waving": (2.0, 2.75 + float(rng.uniform(-0.3, 0.2))),
        "holding": (0.42, 2.3),
        "jumping": (2.3 + float(rng.uniform(-0.2, 0.3)), 2.6),
    }.get(pose, (rest, rest * 0.4))
    right = _limb(_SHOULDER, *angles, (_UPPER, _FORE))
    if pose == "jumping":
        left = _limb((-_SHOULDER[0], _SHOULDER[1]), -angles[0], -angles[1], (_UPPER, _FORE))
    if body.long_hair:
        pen.blob("-0.1,-0.9 -0.105,-0.78 -0.06,-0.72 0.06,-0.72 0.105,-0.78 0.1,-0.9", body.hair.toned(-0.12), 0.4)
    _arm(pen, left, "right", body)
    pen.bar((0, -0.86), (0, -0.79), (0.06, 0.07), body.skin.toned(-0.12))
    _trunk(pen, body, 0.125)
    _arm(pen, right, "left", body)
    _face(pen, body)


def _face(pen: Pen, body: _Body) -> None:
    x, y, r = _HEAD[0], _HEAD[1] + (0.078 - body.head) * 0.3, body.head
    for sign, side in ((-1, "right"), (1, "left")):
        pen.oval((x + sign * r * 0.95, y + r * 0.1), (r * 0.18, r * 0.26), body.skin.toned(-0.08), 0.4)
        pen.mark(f"{side}_ear", (x + sign * r * 0.93, y + r * 0.1))
    pen.oval((x, y), (r * 0.92, r * 1.08), body.skin, 0.6)
    hair = [
        (-0.98, 0.06),
        (-1.04, -0.5),
        (-0.6, -1.12),
        (0, -1.24),
        (0.6, -1.12),
        (1.04, -0.5),
        (0.98, 0.06),
        (0.8, -0.36),
        (0.3, -0.6),
        (-0.3, -0.52),
        (-0.78, -0.3),
    ]
    pen.blob([(x + a * r, y + b * r) for a, b in hair], body.hair, 0.4)
    for sign, side in ((-1, "right"), (1, "left")):
        eye = (x + sign * r * 0.36, y - r * 0.02)
        pen.oval(eye, (r * 0.1, r * 0.13), _DARK, 0.0)
        pen.line(
            [(eye[0] - r * 0.17, eye[1] - r * 0.27), (eye[0] + r * 0.17, eye[1] - r * 0.29)],
            r * 0.08,
            body.hair.toned(-0.2),
        )
        pen.mark(f"{side}_eye", eye)
    pen.oval((x, y + r * 0.27), (r * 0.1, r * 0.13), body.skin.toned(-0.14), 0.4)
    pen.mark("nose", (x, y + r * 0.27))
    pen.line(
        [(x - r * 0.26, y + r * 0.56), (x, y + r * 0.64), (x + r * 0.26, y + r * 0.56)], r * 0.1, Paint((184, 84, 80))
    )
    if body.hat is not None:
        _hat(pen, body.hat, x, y, r, brim=1.5)


def _hat(pen: Pen, paint: Paint, x: float, y: float, r: float, brim: float) -> None:
    pen.blob(
        [
            (x - r * 1.02, y - r * 0.5),
            (x - r * 0.9, y - r * 1.15),
            (x, y - r * 1.5),
            (x + r * 0.9, y - r * 1.15),
            (x + r * 1.02, y - r * 0.5),
        ],
        paint,
        0.5,
    )
    pen.oval((x, y - r * 0.52), (r * brim, r * 0.2), paint.toned(-0.15), 0.4)
    # A brim hides no key point of a face seen from the front: eyes and ears lie below it.


def _side(pen: Pen, body: _Body, rng: np.random.Generator) -> None:
    """Walking to the right of the picture: the person's right side is near, the left side far."""
    swing = float(rng.uniform(0.32, 0.5))
    far_arm = _limb((0.0, _SHOULDER[1]), swing, swing + 0.5, (_UPPER, _FORE))
    near_arm = _limb((0.0, _SHOULDER[1]), -swing, -swing + 0.45, (_UPPER, _FORE))
    far_leg = _limb((0.0, _HIP[1]), -swing * 0.75, -swing * 1.25, (_THIGH, _SHIN))
    near_leg = _limb((0.0, _HIP[1]), swing, swing * 0.55, (_THIGH, _SHIN))
    _arm(pen, far_arm, "left", body, -0.2)
    _leg(pen, far_leg, "left", body, -0.22, 0.045)
    pen.cover(capsule(near_leg.root, near_leg.middle, (0.1, 0.074)).tolist())
    _leg(pen, near_leg, "right", body, 0.0, 0.045)
    if body.long_hair:
        pen.blob("-0.06,-0.93 -0.105,-0.84 -0.09,-0.7 -0.03,-0.72 0.0,-0.84", body.hair.toned(-0.12), 0.4)
    pen.bar((0.005, -0.86), (0.0, -0.79), (0.06, 0.07), body.skin.toned(-0.12))
    _trunk(pen, body, 0.088)
    pen.cover("-0.08,-0.8 0.08,-0.8 0.07,-0.46 -0.07,-0.46")
    _profile(pen, body)
    _arm(pen, near_arm, "right", body)
    pen.mark("right_hip", near_leg.root, 2)


def _profile(pen: Pen, body: _Body) -> None:
    x, y, r = 0.015, _HEAD[1] + (0.078 - body.head) * 0.3, body.head
    pen.oval((x, y), (r * 0.95, r * 1.06), body.skin, 0.6)
    pen.blob(
        [(x + r * 0.82, y + r * 0.02), (x + r * 1.16, y + r * 0.3), (x + r * 0.8, y + r * 0.42)],
        body.skin.toned(-0.05),
        0.4,
    )
    pen.mark("nose", (x + r * 1.02, y + r * 0.28))
    hair = [
        (0.86, -0.42),
        (0.6, -1.08),
        (0, -1.24),
        (-0.7, -1.04),
        (-1.08, -0.4),
        (-0.98, 0.4),
        (-0.6, 0.62),
        (-0.34, 0.2),
        (-0.2, -0.2),
        (0.3, -0.5),
    ]
    pen.blob([(x + a * r, y + b * r) for a, b in hair], body.hair, 0.4)
    pen.oval((x - r * 0.12, y + r * 0.16), (r * 0.17, r * 0.26), body.skin.toned(-0.1), 0.4)
    pen.mark("right_ear", (x - r * 0.12, y + r * 0.16))
    pen.oval((x + r * 0.6, y - r * 0.02), (r * 0.1, r * 0.14), _DARK, 0.0)
    pen.mark("right_eye", (x + r * 0.6, y - r * 0.02))
    pen.line([(x + r * 0.55, y + r * 0.62), (x + r * 0.84, y + r * 0.58)], r * 0.1, Paint((184, 84, 80)))
    if body.hat is not None:
        _hat(pen, body.hat, x, y, r, brim=1.45)


def _person(pen: Pen, look: Look, rng: np.random.Generator, *, female: bool, child: bool) -> None:
    skin = Paint(jitter(rng, _SKINS[int(rng.integers(len(_SKINS)))], 6))
    hair = Paint(jitter(rng, _HAIRS[int(rng.integers(len(_HAIRS)))], 8), grain=0.18, texture="fur")
    legs = Paint(jitter(rng, _TROUSERS[int(rng.integers(len(_TROUSERS)))], 8), grain=0.05)
    shoes = Paint(mix(jitter(rng, COLOURS["gray"], 30), legs.rgb, 0.3)).toned(-0.25)
    hat = Paint(look.accent) if look.pose == "hat" else None
    dress, head = female and look.pose == "dress", 0.098 if child else 0.078
    body = _Body(skin, hair, look.paint, legs, shoes, female, dress, hat, head)
    if look.pose == "walking":
        _side(pen, body, rng)
    else:
        _front(pen, body, look.pose, rng)


def man(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A man; the named colour is his shirt's."""
    _person(pen, look, rng, female=False, child=False)


def woman(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A woman; the named colour is her shirt's or dress's."""
    _person(pen, look, rng, female=True, child=False)


def boy(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A boy."""
    _person(pen, look, rng, female=False, child=True)


def girl(pen: Pen, look: Look, rng: np.random.Generator) -> None:
    """A girl."""
    _person(pen, look, rng, female=True, child=True)


_BOX = (-0.46, -1.08, 0.46, 0.02)
_CLOTHES = (*VIVID, "white", "black")
_MALE = ("", "walking", "waving", "hat", "holding", "jumping")
_FEMALE = ("", "walking", "waving", "hat", "holding", "dress", "dress")
_PATTERNS = ("plain", "plain", "striped")


def _kind(name: str, draw: Draw, height: float, poses: tuple[str, ...]) -> Kind:
    return Kind(
        name, draw, _BOX, height, 1, 0, _CLOTHES, _PATTERNS, poses, period=0.05, grain=0.05, shadow=(0.3, 0.035)
    )


KINDS = (
    _kind("man", man, 0.52, _MALE),
    _kind("woman", woman, 0.49, _FEMALE),
    _kind("boy", boy, 0.36, _MALE),
    _kind("girl", girl, 0.35, _FEMALE),
)
