"""What backdrops are made of: sky, hills, buildings, ground and water, each noted in the map of stuff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from ieiw.synthetic.palette import Rgb, jitter, mix, tone
from ieiw.synthetic.textures import Plane, clouds, ridge, tile

Pixels = npt.NDArray[np.float32]
"""(height, width, 3), RGB, 0..255."""

GRASS, SAND, SEA, SNOW, SKY = 123, 153, 154, 158, 156
ROAD, PAVEMENT, MOUNTAIN, HILL, BUILDING = 148, 139, 134, 126, 95
WALL, WALL_BRICK, FLOOR_WOOD, CARPET, TABLE, WATER, PATH = 172, 170, 117, 100, 164, 177, 124
WINDOW = 180
"""Values in COCO-Stuff's maps: label id minus one."""
STUFF = {
    GRASS: "grass",
    SAND: "sand",
    SEA: "sea",
    SNOW: "snow",
    SKY: "sky-other",
    ROAD: "road",
    PAVEMENT: "pavement",
    MOUNTAIN: "mountain",
    HILL: "hill",
    BUILDING: "building-other",
    WALL: "wall-other",
    WALL_BRICK: "wall-brick",
    FLOOR_WOOD: "floor-wood",
    CARPET: "carpet",
    TABLE: "table",
    WATER: "water-other",
    PATH: "gravel",
    WINDOW: "window-other",
    96: "bush",
    118: "flower",
    121: "fruit",
    127: "house",
    129: "light",
    141: "plant-other",
    168: "tree",
}
"""What COCO-Stuff calls them, and those of the things that COCO itself has no category for."""


@dataclass(slots=True)
class Backdrop:
    """What things are set upon.

    Attributes:
        pixels: the picture without any thing.
        stuff: (height, width), COCO-Stuff values.
        floor: highest and lowest y at which a thing may stand.
        water: the same for things that swim, or None.
        air: the same for the centres of things that float, or None.
        wall: the same for the centres of things that hang, or None.
        far: size of a thing at the top of the floor, as a share of its size at the bottom.
        light: what the finished picture's channels are multiplied by.
    """

    pixels: Pixels
    stuff: npt.NDArray[np.uint8]
    floor: tuple[float, float]
    water: tuple[float, float] | None = None
    air: tuple[float, float] | None = None
    wall: tuple[float, float] | None = None
    far: float = 0.55
    light: Rgb = field(default=(1.0, 1.0, 1.0))


Make = Callable[[np.random.Generator, int, int], Backdrop]

_SKIES: tuple[tuple[Rgb, Rgb, Rgb, Rgb], ...] = (
    ((84, 148, 222), (206, 228, 244), (255, 255, 255), (1.0, 1.0, 1.0)),
    ((104, 164, 224), (236, 236, 226), (255, 252, 246), (1.02, 1.0, 0.96)),
    ((112, 142, 196), (252, 206, 160), (255, 226, 202), (1.06, 0.98, 0.88)),
    ((92, 108, 172), (250, 178, 150), (250, 196, 190), (1.04, 0.94, 0.9)),
    ((168, 186, 204), (222, 228, 232), (244, 246, 248), (0.97, 0.99, 1.02)),
)
"""Top, horizon, clouds, light: noon, afternoon, evening, dusk, overcast."""


def empty(height: int, width: int) -> tuple[Pixels, npt.NDArray[np.uint8]]:
    """A black picture and a map of nothing but sky."""
    return np.zeros((height, width, 3), np.float32), np.full((height, width), SKY, np.uint8)


def ramp(height: int, top: Rgb, bottom: Rgb, power: float = 1.0) -> Pixels:
    """(height, 1, 3) from top to bottom."""
    share = (np.linspace(0, 1, max(height, 1), dtype=np.float32) ** power)[:, None, None]
    one, two = np.asarray(top, np.float32), np.asarray(bottom, np.float32)
    return np.asarray(one + (two - one) * share, np.float32)


def sky(rng: np.random.Generator, pixels: Pixels, horizon: int) -> Rgb:
    """Paint the sky; returns the light it gives."""
    top, low, white, light = _SKIES[int(rng.integers(len(_SKIES)))]
    width = pixels.shape[1]
    pixels[:horizon] = ramp(horizon, jitter(rng, top, 6), low, 0.9)
    noise = clouds(rng, horizon, width, stretch=2.4, octaves=5)
    cover = float(rng.uniform(0.46, 0.6))
    share = np.clip((noise - cover) * 4.0, 0, 0.9)[..., None] ** 0.8
    lit = np.clip(1.0 - 0.5 * np.clip(np.roll(noise, 7, axis=0) - cover - 0.1, 0, 1), 0.86, 1.0)[..., None]
    pixels[:horizon] += (np.asarray(white, np.float32) * lit - pixels[:horizon]) * share
    return light


def below(line: Plane, height: int) -> npt.NDArray[np.float32]:
    """Anti-aliased mask of everything below a skyline given as y for each column."""
    y = np.arange(height, dtype=np.float32)[:, None]
    return np.asarray(np.clip(y - line[None, :] + 0.5, 0, 1), np.float32)


def hills(
    rng: np.random.Generator, pixels: Pixels, stuff: npt.NDArray[np.uint8], horizon: int, *, kind: str, haze: Rgb
) -> None:
    """Two or three ranges, the farther the hazier."""
    height, width = stuff.shape
    near: Rgb = {"mountain": (96, 104, 112), "snow": (142, 156, 178), "hill": (96, 142, 84)}[kind]
    rough, tall = (0.34, 0.2) if kind == "hill" else (0.58, 0.34)
    above, labels = pixels[:horizon], stuff[:horizon]
    for number in range(3):
        share = (2 - number) / 2
        line = (
            horizon
            - height * tall * (0.55 * share + 0.12)
            - ridge(rng, width, rough, sharp=kind != "hill") * height * tall * 0.2
        )
        mask = below(line, horizon)
        body = np.asarray(mix(near, haze, 0.2 + 0.46 * share), np.float32) * np.ones((1, 1, 1), np.float32)
        if kind == "hill":
            body = body * (1 + 0.18 * (clouds(rng, horizon, width, 0.5, 5) - 0.5))[..., None]
        else:
            body = slopes(rng, body, line, height * tall, 0.6 + 0.4 * (kind == "snow"))
        above += (body[:horizon] - above) * mask[..., None]
        labels[mask > 0.5] = HILL if kind == "hill" else MOUNTAIN


def slopes(rng: np.random.Generator, rock: Pixels, line: Plane, tall: float, snow: float) -> Pixels:
    """Mountainsides: lit from the left, with snow that thins out downwards."""
    rows, width = int(np.ceil(line.max() + tall)) + 2, line.shape[0]
    noise = cv2.resize(tile("leaf")[:96, :128], (width, rows), interpolation=cv2.INTER_CUBIC)
    noise = np.roll(noise, int(rng.integers(0, width)), axis=1)
    steep = np.gradient(cv2.GaussianBlur(line[None, :], (0, 0), 2.5)[0])
    depth = (np.arange(rows, dtype=np.float32)[:, None] - line[None, :]) / tall
    light = 1 - np.clip(steep * 0.24, -0.16, 0.2)[None, :] * np.clip(1.4 - 2.2 * depth, 0.2, 1) + 0.07 * noise
    cap = np.clip(1.4 * snow - 5.0 * depth + 1.1 * noise, 0, 1) * snow
    body = rock + (np.asarray((240, 244, 250), np.float32) - rock) * cap[..., None]
    return np.asarray(body * light[..., None], np.float32)


def skyline(rng: np.random.Generator, pixels: Pixels, stuff: npt.NDArray[np.uint8], base: int, tall: float) -> None:
    """A row of buildings with windows."""
    height, width = stuff.shape
    x = -int(rng.integers(0, 30))
    while x < width:
        wide = int(width * rng.uniform(0.1, 0.19))
        top = base - int(height * tall * rng.uniform(0.55, 1.0))
        wall = jitter(
            rng,
            ((196, 172, 146), (168, 122, 100), (178, 186, 194), (214, 200, 176), (150, 158, 170))[int(rng.integers(5))],
            10,
        )
        left, right = max(0, x), min(width, x + wide)
        if right > left:
            pixels[top:base, left:right] = ramp(base - top, tone(wall, 0.1), tone(wall, -0.06))
            pixels[top : top + 3, left:right] *= 0.75
            stuff[top:base, left:right] = BUILDING
            windows(rng, pixels, (x, top, wide, base))
            pixels[top:base, max(0, right - 2) : right] *= 0.86
        x += wide


def windows(rng: np.random.Generator, pixels: Pixels, building: tuple[int, int, int, int]) -> None:
    """Rows of windows on one building (x, top, width, base), a few of them lit."""
    x, top, wide, base = building
    step_x, step_y = max(9, wide // 5), 15
    glass = np.asarray(jitter(rng, (112, 140, 164), 14), np.float32)
    for row in range(top + 9, base - 22, step_y):
        for column in range(x + 6, x + wide - 8, step_x):
            left, right = max(0, column), min(pixels.shape[1], column + step_x - 5)
            if right > left:
                pane = (
                    np.asarray((250, 220, 150), np.float32) if rng.random() < 0.12 else glass * rng.uniform(0.85, 1.15)
                )
                pixels[row : row + 9, left:right] = pane
                pixels[row : row + 1, left:right] *= 0.7


def recede(name: str, horizon: int, size: tuple[int, int], fine: float, offset: Rgb) -> Plane:
    """A texture laid out on the ground, seen in perspective; -1..1, fading towards the horizon."""
    height, width = size
    rows = height - horizon
    depth = (np.arange(rows, dtype=np.float32) + 3.0) / rows
    z = (0.62 / (depth + 0.22)).astype(np.float32)
    columns = (np.arange(width, dtype=np.float32) - width / 2)[None, :]
    u = columns * z[:, None] * fine + offset[0]
    v = np.broadcast_to((z * 190 * fine + offset[1])[:, None], u.shape)
    texture = tile(name)
    sampled = cv2.remap(
        texture,
        (u % 512).astype(np.float32),
        (v % 512).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )
    return np.asarray(sampled * np.clip(0.25 + depth, 0, 1)[:, None], np.float32)


def ground(
    rng: np.random.Generator, pixels: Pixels, horizon: int, far: Rgb, near: Rgb, texture: tuple[str, float, float]
) -> None:
    """Ground from the horizon down: colour, large patches, texture (name, strength, fineness)."""
    height, width = pixels.shape[:2]
    name, strength, fine = texture
    offset = (float(rng.uniform(0, 512)), float(rng.uniform(0, 512)), 0.0)
    body = np.repeat(ramp(height - horizon, far, near, 0.7), width, axis=1)
    patches = clouds(rng, height - horizon, width, 2.2, 3) - 0.5
    light = 1 + strength * recede(name, horizon, (height, width), fine, offset) + 0.22 * patches
    pixels[horizon:] = np.clip(body * light[..., None], 0, 255)


def path(rng: np.random.Generator, pixels: Pixels, stuff: npt.NDArray[np.uint8], horizon: int) -> None:
    """A gravel path that winds from the foreground to the horizon."""
    height, width = stuff.shape
    t = np.linspace(0, 1, height - horizon, dtype=np.float32)
    start, end = rng.uniform(0.2, 0.8, 2) * width
    centre = end + (start - end) * t**1.3 + np.sin(t * 4 + rng.uniform(0, 6)) * 16 * t
    half = 5 + t * width * 0.11
    x = np.arange(width, dtype=np.float32)[None, :]
    mask = np.clip((half[:, None] - np.abs(x - centre[:, None])) / 2.0 + 0.5, 0, 1)
    gravel = recede("gravel", horizon, (height, width), 2.4, (float(rng.uniform(0, 512)), 40.0, 0.0))
    patches = clouds(rng, height - horizon, width, 1.5, 3) - 0.5
    body = np.asarray((206, 188, 154), np.float32) * (1 + 0.2 * gravel + 0.12 * patches)[..., None]
    pixels[horizon:] += (body - pixels[horizon:]) * mask[..., None]
    stuff[horizon:][mask > 0.5] = PATH


def sea(rng: np.random.Generator, pixels: Pixels, top: int, bottom: int, far: Rgb, near: Rgb) -> None:
    """Water with ripples that grow towards us."""
    width = pixels.shape[1]
    rows = bottom - top
    body = np.repeat(ramp(rows, far, near), width, axis=1)
    depth = np.linspace(0.15, 1, rows, dtype=np.float32)
    v = (np.cumsum(1.6 / (depth + 0.25)) + rng.uniform(0, 500)).astype(np.float32)
    u = (np.arange(width, dtype=np.float32)[None, :] - width / 2) * (0.5 / (depth + 0.3))[:, None] + 256
    waves = cv2.remap(
        tile("wood"),
        (u % 512).astype(np.float32),
        np.broadcast_to((v % 512)[:, None], u.shape).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )
    sparkle = np.clip(waves - 0.45, 0, 1) * depth[:, None]
    pixels[top:bottom] = np.clip(body * (1 + 0.1 * waves)[..., None] + 190 * sparkle[..., None], 0, 255)
