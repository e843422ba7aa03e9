"""Composition: which things a scene holds and where, and the picture with all of them or without some."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ieiw.synthetic.backdrops.parts import WINDOW, Backdrop
from ieiw.synthetic.palette import COLOURS, Paint, jitter
from ieiw.synthetic.places import Place, Zone
from ieiw.synthetic.rasteriser import Pen, Sprite
from ieiw.synthetic.things.kinds import Kind, Look

Image = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
_TRIES = 60
_SEEN = 0.6  # a thing of which less is to be seen is left out
_HIDES = 0.3  # of the smaller box, how much two boxes may share


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing in a scene.

    Attributes:
        kind: what it is.
        look: how it looks.
        zone: where it is.
        at: x, y in pixels of the point where it meets its ground.
        scale: pixels a unit of its own.
        flip: whether it faces left.
        box: left, top, right, bottom in pixels that it may reach.
    """

    kind: Kind
    look: Look
    zone: Zone
    at: tuple[float, float]
    scale: float
    flip: bool
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """A drawn thing at its place: its sprite, the pixel of the sprite's corner, and what is to be seen of it."""

    thing: Thing
    sprite: Sprite
    corner: tuple[int, int]
    mask: Mask


def compose(rng: np.random.Generator, place: Place, backdrop: Backdrop) -> list[Thing]:
    """Choose things and places for them, farthest first."""
    wanted = int(rng.integers(place.things[0], place.things[1] + 1))
    things: list[Thing] = []
    shares = [0.45 if zone.where in ("air", "wall") and len(place.zones) > 2 else 1.0 for zone in place.zones]
    weights = [share / sum(shares) for share in shares]
    for _ in range(_TRIES):
        if len(things) >= wanted:
            break
        zone = place.zones[0 if not things else int(rng.choice(len(place.zones), p=weights))]
        present = [thing.kind for thing in things if thing.kind in zone.kinds]
        # Now and then a kind that is there already, so that colours and places must tell them apart.
        kinds = present if present and rng.random() < 0.3 else zone.kinds
        kind = kinds[int(rng.integers(len(kinds)))]
        look = _look(rng, kind)
        for _ in range(2 if rng.random() < 0.25 else 1):
            thing = _thing(rng, zone, kind, look, backdrop)
            if thing is not None and all(_go_together(thing, other) for other in things):
                things.append(thing)
            look = look if rng.random() < 0.5 else _look(rng, kind)
    order = {"air": 0, "wall": 0, "water": 1, "floor": 2}
    return sorted(things, key=lambda thing: (order[thing.zone.where], thing.at[1]))


def _look(rng: np.random.Generator, kind: Kind) -> Look:
    colour = kind.colours[int(rng.integers(len(kind.colours)))]
    pattern = kind.patterns[int(rng.integers(len(kind.patterns)))]
    second = "black" if colour == "white" else "white"
    accents = [name for name in ("yellow", "blue", "red", "green", "white") if name != colour]
    accent = accents[int(rng.integers(len(accents)))]
    pose = kind.poses[int(rng.integers(len(kind.poses)))] if kind.poses else ""
    paint = Paint(jitter(rng, COLOURS[colour]), COLOURS[second], pattern, kind.period, 0.0, kind.grain, kind.texture)
    return Look(colour, pattern, paint, COLOURS[accent], pose)


def _thing(rng: np.random.Generator, zone: Zone, kind: Kind, look: Look, backdrop: Backdrop) -> Thing | None:
    """The thing somewhere in its zone, or None where it does not fit or would hang over a window."""
    height, width = backdrop.stuff.shape
    reach = getattr(backdrop, zone.where)
    if reach is None:
        return None
    band = reach[0] + (reach[1] - reach[0]) * np.asarray(zone.band)
    y = float(rng.uniform(band[0], band[1]))
    depth = (y - reach[0]) / max(reach[1] - reach[0], 1.0)
    size = backdrop.far + (1 - backdrop.far) * depth if zone.where in ("floor", "water") else 0.9
    scale = kind.height * height * size * float(rng.uniform(0.92, 1.12))
    left, top, right, bottom = kind.box
    flip = bool(rng.random() < 0.5)
    left, right = (-right, -left) if flip else (left, right)
    y = y - scale * (top + bottom) / 2 if zone.where in ("air", "wall") else y
    low, high = 3 - left * scale, width - 3 - right * scale
    if high <= low or y + top * scale < 2 or y + bottom * scale > height - 2:
        return None
    x = float(rng.uniform(low, high))
    box = (x + left * scale, y + top * scale, x + right * scale, y + bottom * scale)
    if zone.where == "wall":
        x0, y0, x1, y1 = (round(value) for value in box)
        if (backdrop.stuff[max(0, y0) : y1, max(0, x0) : x1] == WINDOW).any():
            return None
    return Thing(kind, look, zone, (x, y), scale, flip, box)


def _go_together(one: Thing, other: Thing) -> bool:
    """Whether their boxes share little of the smaller one, and the farther does not seem to stand on the nearer."""
    wide = max(0.0, min(one.box[2], other.box[2]) - max(one.box[0], other.box[0]))
    high = max(0.0, min(one.box[3], other.box[3]) - max(one.box[1], other.box[1]))
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one.box, other.box))
    if one.zone.where == other.zone.where == "wall":
        return wide * high == 0
    far, near = sorted((one, other), key=lambda thing: thing.at[1])
    left, top, right, bottom = near.box
    above, below = top - 0.05 * (bottom - top), top + 0.2 * (bottom - top)
    on_ground = {one.zone.where, other.zone.where} <= {"floor", "water"}
    stands = on_ground and left < far.at[0] < right and above < far.at[1] < below
    return wide * high / smaller <= _HIDES and not stands


def draw(thing: Thing, rng: np.random.Generator) -> tuple[Sprite, tuple[int, int]]:
    """The thing's sprite and where its corner goes."""
    pen = Pen(thing.kind.box, thing.scale, thing.flip)
    thing.kind.draw(pen, thing.look, rng)
    sprite = pen.done()
    return sprite, (round(thing.at[0]) - sprite.anchor[0], round(thing.at[1]) - sprite.anchor[1])


def place_all(things: list[Thing], rngs: list[np.random.Generator], shape: tuple[int, int]) -> list[Placed]:
    """Draw all things; those of which too little is seen behind nearer ones are left out."""
    drawn = [(thing, *draw(thing, rng)) for thing, rng in zip(things, rngs, strict=True)]
    while True:
        owner = np.full(shape, -1, np.int16)
        for number, (_, sprite, corner) in enumerate(drawn):
            ours, theirs = _overlap(sprite.alpha.shape, corner, shape)
            owner[theirs][sprite.alpha[ours] > 0.5] = number
        masks = [owner == number for number in range(len(drawn))]
        shares = [
            float(mask.sum()) / max(float((each[1].alpha > 0.5).sum()), 1)
            for mask, each in zip(masks, drawn, strict=True)
        ]
        hidden = min(range(len(drawn)), key=shares.__getitem__) if drawn else None
        if hidden is None or shares[hidden] >= _SEEN:
            return [Placed(*each, mask) for each, mask in zip(drawn, masks, strict=True)]
        drawn.pop(hidden)


def _overlap(
    size: tuple[int, ...], corner: tuple[int, int], shape: tuple[int, int]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """The part of a sprite that lies in the picture, in the sprite's and in the picture's pixels."""
    x, y = corner
    x0, y0, x1, y1 = max(0, x), max(0, y), min(shape[1], x + size[1]), min(shape[0], y + size[0])
    x1, y1 = max(x0, x1), max(y0, y1)
    return (slice(y0 - y, y1 - y), slice(x0 - x, x1 - x)), (slice(y0, y1), slice(x0, x1))


def picture(backdrop: Backdrop, placed: list[Placed], without: Collection[int] = ()) -> Image:
    """The scene as an RGB picture, without the things of the given numbers and their shadows."""
    canvas = backdrop.pixels.copy()
    for number, each in enumerate(placed):
        if number not in without:
            _shade(canvas, each.thing)
            ours, theirs = _overlap(each.sprite.alpha.shape, each.corner, canvas.shape[:2])
            part = canvas[theirs]
            part *= 1 - each.sprite.alpha[ours][..., None]
            part += each.sprite.rgb[ours]
    canvas *= np.asarray(backdrop.light, np.float32)
    return np.asarray(np.clip(canvas + 0.5, 0, 255), np.uint8)


def _shade(canvas: npt.NDArray[np.float32], thing: Thing) -> None:
    """A soft shadow where the thing meets the ground; little more than the thing itself covers."""
    wide, high = (side * thing.scale for side in thing.kind.shadow)
    if thing.zone.where not in ("floor", "water") or wide <= 0 or high <= 0:
        return
    height, width = canvas.shape[:2]
    x, y = thing.at
    x0, x1 = max(0, int(x - wide)), min(width, int(x + wide) + 1)
    y0, y1 = max(0, int(y - 2 * high)), min(height, int(y + 2 * high) + 1)
    if x0 >= x1 or y0 >= y1:
        return
    rows, columns = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    far = ((columns - x) / (wide * 0.58)) ** 2 + ((rows - y + high * 0.2) / (high * 0.8)) ** 2
    strength = np.float32(0.4 if thing.zone.where == "floor" else 0.22)
    canvas[y0:y1, x0:x1] *= (1 - strength * np.clip(1 - far, 0, 1))[..., None]


def stuff_map(backdrop: Backdrop, placed: list[Placed]) -> npt.NDArray[np.uint8]:
    """COCO-Stuff's pixel map: things over stuff; 255 where COCO has no name for what is there."""
    stuff = backdrop.stuff.copy()
    for each in placed:
        stuff[each.mask] = each.thing.kind.stuff
    return stuff


def polygons(mask: Mask, tolerance: float = 0.3) -> list[list[list[float]]]:
    """Outlines of a mask's parts in pixel centres, holes filled, each at least three points.

    ``PIL.ImageDraw.polygon`` with outline, as PhraseCut's evaluator uses it, gives the mask back.
    """
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outlines = [cv2.approxPolyDP(outline, tolerance, True) for outline in found]
    return [np.asarray(one[:, 0], float).tolist() for one in outlines if len(one) >= 3 and cv2.contourArea(one) > 2]
