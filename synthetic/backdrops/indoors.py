"""Backdrops indoors: rooms and table tops."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ieiw.synthetic.backdrops.parts import (
    CARPET,
    FLOOR_WOOD,
    SKY,
    TABLE,
    WALL,
    WALL_BRICK,
    WINDOW,
    Backdrop,
    Pixels,
    below,
    empty,
    ramp,
)
from ieiw.synthetic.palette import Rgb, jitter, mix, tone
from ieiw.synthetic.textures import clouds, ridge, tile

RECEDE = 0.34
"""How large boards are at the wall, as a share of their size at the picture's lower edge: near depth by far depth."""
_WALLS: tuple[Rgb, ...] = (
    (214, 204, 186),
    (176, 198, 204),
    (208, 186, 160),
    (188, 206, 178),
    (222, 198, 190),
    (196, 192, 210),
)
_WOODS: tuple[Rgb, ...] = ((176, 130, 86), (146, 100, 64), (200, 160, 112), (122, 86, 60))


def _wall(rng: np.random.Generator, pixels: Pixels, stuff: npt.NDArray[np.uint8], base: int) -> None:
    """Paint, stripes of wallpaper, or bricks; light falls from the upper left."""
    width = pixels.shape[1]
    colour = jitter(rng, _WALLS[int(rng.integers(len(_WALLS)))], 8)
    style = int(rng.integers(4))
    wall = np.empty((base, width, 3), np.float32)
    wall[:] = ramp(base, tone(colour, 0.08), tone(colour, -0.04))
    if style == 1:
        x = np.arange(width, dtype=np.float32)
        wall *= (1 + 0.045 * np.sign(np.sin(x / 9.0 + rng.uniform(0, 6))))[None, :, None].astype(np.float32)
    elif style == 2:
        brick = cv2.resize(tile("brick"), (400, 400), interpolation=cv2.INTER_AREA)
        rows, columns = np.arange(base) % 400, np.arange(width) % 400
        wall = (
            np.asarray(mix(colour, (178, 106, 84), 0.6), np.float32)
            * (1 + 0.24 * brick[np.ix_(rows, columns)])[..., None]
        )
    far = np.hypot(np.arange(width)[None, :] / width - 0.3, np.arange(base)[:, None] / base * 0.7 - 0.1).astype(
        np.float32
    )
    pixels[:base] = np.clip(wall * (1.1 - 0.26 * far)[..., None], 0, 255)
    stuff[:base] = WALL_BRICK if style == 2 else WALL


def _planks(rng: np.random.Generator, rows: int, width: int, colour: Rgb, boards: int) -> Pixels:
    """Boards that run away from us, in perspective."""
    depth = np.linspace(RECEDE, 1.0, rows, dtype=np.float32)[:, None]
    x = (np.arange(width, dtype=np.float32)[None, :] - width / 2) / (depth * width) * boards + 40
    board = np.floor(x).astype(int)
    tints = rng.uniform(0.9, 1.08, 90).astype(np.float32)[board % 90]
    v = np.broadcast_to((60.0 / depth).astype(np.float32), x.shape)
    grain = cv2.remap(
        tile("wood"),
        ((v * 5 + board * 71) % 512).astype(np.float32),
        (x * 46 % 512).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )
    gap = np.clip((np.abs(x - board - 0.5) - 0.478) * 40, 0, 1)
    body = (
        np.asarray(colour, np.float32) * (tints * (1 + 0.1 * grain) * (1 - 0.4 * gap) * (0.84 + 0.2 * depth))[..., None]
    )
    return np.asarray(np.clip(body, 0, 255), np.float32)


def room(rng: np.random.Generator, width: int, height: int) -> Backdrop:
    """A room: wall, skirting, floor, perhaps a window and a rug."""
    pixels, stuff = empty(height, width)
    base = int(height * rng.uniform(0.62, 0.68))
    _wall(rng, pixels, stuff, base)
    if rng.random() < 0.5:
        _window(rng, pixels, stuff, base)
    pixels[base:] = _planks(rng, height - base, width, jitter(rng, _WOODS[int(rng.integers(len(_WOODS)))], 8), 13)
    pixels[base - 9 : base] = (240, 236, 228)
    pixels[base - 2 : base] *= 0.8
    pixels[base : base + 4] *= 0.86
    stuff[base:] = FLOOR_WOOD
    if rng.random() < 0.6:
        _rug(rng, pixels, stuff, base)
    return Backdrop(
        pixels,
        stuff,
        (base + height * 0.05, height * 0.95),
        wall=(height * 0.18, height * 0.26),
        far=0.86,
        light=(1.02, 1.0, 0.97),
    )


def _window(rng: np.random.Generator, pixels: Pixels, stuff: npt.NDArray[np.uint8], base: int) -> None:
    """A window with a view of sky and trees."""
    height, width = stuff.shape
    left, wide = int(width * rng.uniform(0.08, 0.6)), int(width * rng.uniform(0.24, 0.32))
    top, low = int(height * 0.07), int(base * 0.66)
    view = np.repeat(ramp(low - top, (140, 188, 230), (226, 236, 236)), wide, axis=1)
    crowns = below((low - top) * 0.62 - ridge(rng, wide, 0.6) * 9, low - top)
    view += (
        np.asarray((112, 150, 92), np.float32) * (0.8 + 0.4 * clouds(rng, low - top, wide, 1.0, 4))[..., None] - view
    ) * crowns[..., None]
    pixels[top - 6 : low + 6, left - 6 : left + wide + 6] = (246, 244, 238)
    pixels[top:low, left : left + wide] = view
    middle = left + wide // 2
    pixels[top:low, middle - 2 : middle + 3] = (246, 244, 238)
    pixels[low + 6 : low + 9, left - 8 : left + wide + 8] *= 0.8
    stuff[top - 6 : low + 6, left - 6 : left + wide + 6] = WINDOW


def _rug(rng: np.random.Generator, pixels: Pixels, stuff: npt.NDArray[np.uint8], base: int) -> None:
    """An oval rug with a border."""
    height, width = stuff.shape
    centre = (width * rng.uniform(0.4, 0.6), base + (height - base) * 0.55)
    size = (width * 0.36, (height - base) * 0.34)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    far = np.sqrt(((x - centre[0]) / size[0]) ** 2 + ((y - centre[1]) / size[1]) ** 2)
    colour = np.asarray(
        jitter(rng, ((164, 72, 66), (70, 96, 132), (190, 152, 96), (98, 128, 110))[int(rng.integers(4))], 10),
        np.float32,
    )
    border = (np.abs(far - 0.84) < 0.05)[..., None]
    weave = (
        1 + 0.05 * tile("fine")[:height, :width]
        if height <= 512 and width <= 512
        else np.ones((height, width), np.float32)
    )
    body = np.where(border, np.asarray((236, 222, 196), np.float32), colour) * weave[..., None]
    mask = np.clip((1 - far) * 40, 0, 1)
    pixels += (body - pixels) * mask[..., None]
    stuff[mask > 0.5] = CARPET


def table_top(rng: np.random.Generator, width: int, height: int) -> Backdrop:
    """A wooden table in front of a wall that is out of focus."""
    pixels, stuff = empty(height, width)
    edge = int(height * rng.uniform(0.46, 0.54))
    _wall(rng, pixels, stuff, edge)
    if rng.random() < 0.4:
        _window(rng, pixels, stuff, int(edge * 1.2))
    pixels[:edge] = cv2.GaussianBlur(pixels[:edge], (0, 0), 2.2)
    stuff[:edge][stuff[:edge] == SKY] = WALL
    wood = _planks(rng, height - edge, width, jitter(rng, _WOODS[int(rng.integers(len(_WOODS)))], 10), 5)
    shine = np.exp(-(((np.arange(width) / width - 0.36) / 0.3) ** 2)).astype(np.float32)[None, :, None]
    pixels[edge:] = np.clip(wood * (1 + 0.12 * shine), 0, 255)
    pixels[edge : edge + 2] = np.clip(pixels[edge : edge + 2] * 1.25, 0, 255)
    stuff[edge:] = TABLE
    return Backdrop(pixels, stuff, (edge + height * 0.1, height * 0.94), far=0.78, light=(1.03, 1.0, 0.96))
