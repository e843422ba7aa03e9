"""The pen: draws one thing out of shaded, anti-aliased parts, in the thing's own units.

Units: the thing is about 1 high; (0, 0) is where it meets the ground, x to the right, y **down**, so its top is at -1.
Light comes from the upper left. Everything is drawn twice as large and brought down by area averaging.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ieiw.synthetic.palette import Paint, Rgb
from ieiw.synthetic.textures import Plane, tile

Point = tuple[float, float]
Points = Sequence[Point] | str
"""Corners in order; as text they are written as SVG's ``points``: ``-0.5,0 0.5,0 0,-1``."""
_SUPER = 2
_SHIFT = 4  # cv2 takes coordinates in sixteenths of a pixel


@dataclass(frozen=True, slots=True)
class Mark:
    """A key point in the thing's own units: 2 seen, 1 behind a later part of the same thing, 0 not to be labelled."""

    name: str
    at: Point
    seen: int


@dataclass(frozen=True, slots=True)
class Sprite:
    """A drawn thing.

    Attributes:
        rgb: (height, width, 3), 0..255, premultiplied by alpha.
        alpha: (height, width), 0..1.
        anchor: pixel (x, y) of the sprite at which its (0, 0) lies.
        marks: key points, in pixels of the sprite.
    """

    rgb: npt.NDArray[np.float32]
    alpha: Plane
    anchor: tuple[int, int]
    marks: tuple[Mark, ...] = ()


class Pen:
    """A canvas for one thing.

    Args:
        box: left, top, right, bottom that the thing may reach, in its own units.
        scale: pixels of the finished picture a unit.
        flip: mirror the thing; light and patterns stay as they are.
    """

    def __init__(self, box: tuple[float, float, float, float], scale: float, flip: bool = False) -> None:
        left, top, right, bottom = box
        if flip:
            left, right = -right, -left
        self._anchor = (math.ceil(-left * scale) + 2, math.ceil(-top * scale) + 2)
        width = self._anchor[0] + math.ceil(right * scale) + 2
        height = self._anchor[1] + math.ceil(max(bottom, 0.0) * scale) + 2
        self._scale = scale * _SUPER
        self._side = -1.0 if flip else 1.0
        self._rgb = np.zeros((height * _SUPER, width * _SUPER, 3), np.float32)
        self._alpha = np.zeros((height * _SUPER, width * _SUPER), np.float32)
        self._marks: list[Mark] = []

    # ---- parts

    def poly(self, points: Points, paint: Paint, bulge: float = 0.25, *, inside: bool = False) -> None:
        """A polygon. ``bulge`` 0..1 rounds it off; ``inside`` keeps it to what is drawn already."""
        self._fill(self._map(points), paint, bulge, inside)

    def blob(self, points: Points, paint: Paint, bulge: float = 0.45, *, inside: bool = False) -> None:
        """A smooth closed curve through the points."""
        self._fill(self._map(smooth(points)), paint, bulge, inside)

    def oval(
        self, centre: Point, radii: Point, paint: Paint, bulge: float = 0.5, *, tilt: float = 0.0, inside: bool = False
    ) -> None:
        """An ellipse; ``tilt`` in radians."""
        self._fill(self._map(ring(centre, radii, tilt)), paint, bulge, inside)

    def bar(self, start: Point, end: Point, widths: Point, paint: Paint, bulge: float = 0.45) -> None:
        """A limb: from ``start`` to ``end``, round at both ends, with its width at either."""
        self._fill(self._map(capsule(start, end, widths)), paint, bulge, False)

    def line(self, points: Points, width: float, paint: Paint) -> None:
        """A stroke of even width, at least about a pixel."""
        where = self._map(points)
        thick = max(1, round(width * self._scale))
        low = np.floor(where.min(0)).astype(int) - thick - 2
        high = np.ceil(where.max(0)).astype(int) + thick + 3
        area, mask = self._area(low, high)
        if mask.size:
            moved = np.round((where - [area[1].start, area[0].start]) * (1 << _SHIFT)).astype(np.int32)
            cv2.polylines(mask, [moved], False, 255, thick, cv2.LINE_AA, _SHIFT)
            self._blend(area, mask, paint, 0.0, False)

    def ball(self, centre: Point, radius: float, paint: Paint, shine: float = 0.55) -> None:
        """A sphere: Lambert's shade and a highlight."""
        self.oval(centre, (radius, radius), paint, 0.0)
        where = self._map([centre])[0]
        size = radius * self._scale
        low, high = np.floor(where - size - 2).astype(int), np.ceil(where + size + 2).astype(int)
        area, _ = self._area(low, high)
        y, x = np.mgrid[area[0], area[1]].astype(np.float32)
        x, y = (x - where[0]) / size, (y - where[1]) / size
        z = np.sqrt(np.clip(1 - x * x - y * y, 0, 1))
        light = np.clip(-0.45 * x - 0.62 * y + 0.64 * z, -0.2, 1)
        spark = np.clip(-0.34 * x - 0.45 * y + 0.83 * z, 0, 1) ** 24
        within = (x * x + y * y <= (1 + 2 / size) ** 2) * self._alpha[area]
        rgb = self._rgb[area]
        rgb *= (1 + within * (0.5 + 0.68 * light - 1))[..., None]
        rgb += (within * spark * shine * 255)[..., None]
        np.minimum(rgb, 255 * self._alpha[area][..., None], out=rgb)

    def glow(self, centre: Point, radii: Point, rgb: Rgb, strength: float) -> None:
        """Soft light (or, with a dark colour, soft shade) on what is drawn already."""
        where, size = self._map([centre])[0], np.asarray(radii) * self._scale
        area, _ = self._area(np.floor(where - size).astype(int), np.ceil(where + size + 1).astype(int))
        y, x = np.mgrid[area[0], area[1]].astype(np.float32)
        far = ((x - where[0]) / size[0]) ** 2 + ((y - where[1]) / size[1]) ** 2
        share = np.clip(1 - far, 0, 1)[..., None] ** 2 * np.float32(strength)
        self._rgb[area] += (np.asarray(rgb, np.float32) * self._alpha[area][..., None] - self._rgb[area]) * share

    # ---- key points

    def mark(self, name: str, at: Point, seen: int = 2) -> None:
        """Note a key point; :meth:`cover` may hide it later."""
        self._marks.append(Mark(name, at, seen))

    def cover(self, points: Points) -> None:
        """Key points noted so far inside the polygon are behind it from now on."""
        outline = _array(points).astype(np.float32).reshape(-1, 1, 2)
        for at, mark in enumerate(self._marks):
            if mark.seen == 2 and cv2.pointPolygonTest(outline, mark.at, False) > 0:
                self._marks[at] = Mark(mark.name, mark.at, 1)

    def done(self) -> Sprite:
        """The finished thing; a little darker towards the ground."""
        height, width = self._alpha.shape
        size = (width // _SUPER, height // _SUPER)
        alpha = np.asarray(cv2.resize(self._alpha, size, interpolation=cv2.INTER_AREA), np.float32)
        rgb = np.asarray(cv2.resize(self._rgb, size, interpolation=cv2.INTER_AREA), np.float32)
        rgb *= np.linspace(1.05, 0.88, size[1], dtype=np.float32)[:, None, None]
        np.minimum(rgb, 255 * alpha[..., None], out=rgb)
        marks = []
        for mark in self._marks:
            side, _, rest = mark.name.partition("_")
            other = {"left": "right", "right": "left"}.get(side)  # in a mirror the left arm is the right one
            name = f"{other}_{rest}" if self._side < 0 and other else mark.name
            x, y = (self._map([mark.at])[0] / _SUPER).tolist()
            marks.append(Mark(name, (x, y), mark.seen))
        return Sprite(rgb, alpha, self._anchor, tuple(marks))

    # ---- inside

    def _map(self, points: Points | npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        where = _array(points) * self._scale
        where[:, 0] *= self._side
        return np.asarray(where + np.asarray(self._anchor) * _SUPER, np.float64)

    def _area(
        self, low: npt.NDArray[np.int_], high: npt.NDArray[np.int_]
    ) -> tuple[tuple[slice, slice], npt.NDArray[np.uint8]]:
        height, width = self._alpha.shape
        x0, y0 = max(0, int(low[0])), max(0, int(low[1]))
        x1, y1 = min(width, int(high[0])), min(height, int(high[1]))
        area = (slice(y0, max(y0, y1)), slice(x0, max(x0, x1)))
        return area, np.zeros((max(0, y1 - y0), max(0, x1 - x0)), np.uint8)

    def _fill(self, where: npt.NDArray[np.float64], paint: Paint, bulge: float, inside: bool) -> None:
        low, high = np.floor(where.min(0)).astype(int) - 1, np.ceil(where.max(0)).astype(int) + 2
        area, mask = self._area(low, high)
        if mask.size == 0:
            return
        moved = np.round((where - [area[1].start, area[0].start]) * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(mask, [moved], 255, cv2.LINE_AA, _SHIFT)
        self._blend(area, mask, paint, bulge, inside)

    def _blend(
        self, area: tuple[slice, slice], mask: npt.NDArray[np.uint8], paint: Paint, bulge: float, inside: bool
    ) -> None:
        solid = mask.astype(np.float32) * np.float32(1 / 255)
        alpha = solid * np.float32(paint.opacity) if paint.opacity < 1 else solid
        if inside:
            alpha = alpha * self._alpha[area]
        colour = np.asarray(paint.rgb, np.float32)
        if paint.pattern != "plain":
            y, x = np.mgrid[area[0], area[1]].astype(np.float32)
            y -= self._anchor[1] * _SUPER
            x -= self._anchor[0] * _SUPER
            second = _pattern(x, y, paint, self._scale)[..., None]
            colour = colour + (np.asarray(paint.second, np.float32) - colour) * second
        tones: Plane | None = None
        if bulge > 0 and min(mask.shape) > 3:
            # Light on a shape that swells out of the picture: bright towards the upper left, dark towards the lower right.
            size = max(3, int(bulge * min(solid.shape)) | 1)
            soft = cv2.blur(solid, (size, size), borderType=cv2.BORDER_CONSTANT)
            half = max(3, (size // 2) | 1)
            soft = cv2.blur(soft, (half, half), borderType=cv2.BORDER_CONSTANT)
            across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3, scale=0.42)
            down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3, scale=0.66)
            slope = np.asarray(across + down, np.float32) * np.float32(size * 0.125)
            tones = np.asarray(1 + np.clip(slope, -0.38, 0.26), np.float32)
        if paint.grain > 0:
            texture = tile(paint.texture)
            rows, columns = (
                np.arange(part.start, part.stop) % side for part, side in zip(area, texture.shape, strict=True)
            )
            grain = 1 + np.float32(paint.grain) * texture[np.ix_(rows, columns)]
            tones = grain if tones is None else tones * grain
        if tones is not None:
            colour = np.clip(colour * tones[..., None], 0, 255)
        rgb, under = self._rgb[area], 1 - alpha
        rgb *= under[..., None]
        rgb += colour * alpha[..., None]
        self._alpha[area] = self._alpha[area] * under + alpha


def _pattern(x: Plane, y: Plane, paint: Paint, scale: float) -> Plane:
    """Share of the second colour, 0..1, anti-aliased; never so fine that it turns to grey."""
    period = max(paint.period * scale, 8.0)
    across, down = math.cos(paint.angle), math.sin(paint.angle)
    u, v = (x * across + y * down) / period, (y * across - x * down) / period
    if paint.pattern == "striped":
        return np.clip(np.cos(2 * math.pi * u) * (period / 6) + 0.5, 0, 1).astype(np.float32)
    if paint.pattern == "checked":
        wave = np.sin(math.pi * u) * np.sin(math.pi * v)
        return np.clip(wave * (period / 3) + 0.5, 0, 1).astype(np.float32)
    row = np.floor(v / 0.866)
    near_u = u + 0.5 * (row % 2) - np.floor(u + 0.5 * (row % 2)) - 0.5
    near_v = v / 0.866 - row - 0.5
    far = np.sqrt(near_u**2 + (near_v * 0.866) ** 2)
    return np.clip((0.27 - far) * period + 0.5, 0, 1).astype(np.float32)


# ---- outlines


def _array(points: Points | npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if isinstance(points, str):
        points = np.array(points.replace(",", " ").split(), np.float64).reshape(-1, 2)
    return np.asarray(points, np.float64)


def smooth(points: Points, steps: int = 8) -> npt.NDArray[np.float64]:
    """Closed Catmull-Rom curve through the points."""
    p1 = _array(points)
    p0, p2, p3 = np.roll(p1, 1, 0), np.roll(p1, -1, 0), np.roll(p1, -2, 0)
    t = (np.arange(steps) / steps)[None, :, None]
    a, b, c, d = p0[:, None], p1[:, None], p2[:, None], p3[:, None]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.asarray(curve.reshape(-1, 2))


def ring(centre: Point, radii: Point, tilt: float = 0.0, steps: int = 36) -> npt.NDArray[np.float64]:
    """Points of an ellipse."""
    angle = np.arange(steps) * (2 * math.pi / steps)
    x, y = np.cos(angle) * radii[0], np.sin(angle) * radii[1]
    across, down = math.cos(tilt), math.sin(tilt)
    return np.stack([centre[0] + x * across - y * down, centre[1] + x * down + y * across], 1)


def capsule(start: Point, end: Point, widths: Point) -> npt.NDArray[np.float64]:
    """Outline of a limb with round ends."""
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    turn = np.linspace(-math.pi / 2, math.pi / 2, 9)
    far = np.stack([np.cos(angle + turn), np.sin(angle + turn)], 1) * (widths[1] / 2) + np.asarray(end)
    near = np.stack([np.cos(angle + math.pi + turn), np.sin(angle + math.pi + turn)], 1) * (widths[0] / 2)
    return np.concatenate([far, near + np.asarray(start)])


def ragged(
    rng: np.random.Generator, centre: Point, radii: Point, roughness: float, steps: int = 26
) -> npt.NDArray[np.float64]:
    """An uneven round outline, for crowns, bushes and wool."""
    points = ring(centre, radii, 0.0, steps)
    swell = 1 + rng.uniform(-roughness, roughness, steps)[:, None]
    return np.asarray(np.asarray(centre) + (points - np.asarray(centre)) * swell)
