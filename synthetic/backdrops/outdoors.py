"""Backdrops in the open: meadow, park, beach, lake, snow, street and sea bed."""

from __future__ import annotations

import cv2
import numpy as np

from ieiw.synthetic.backdrops.parts import (
    GRASS,
    PAVEMENT,
    ROAD,
    SAND,
    SEA,
    SNOW,
    WATER,
    Backdrop,
    below,
    empty,
    ground,
    hills,
    path,
    ramp,
    sea,
    sky,
    skyline,
)
from ieiw.synthetic.palette import jitter
from ieiw.synthetic.textures import ridge


def meadow(rng: np.random.Generator, width: int, height: int) -> Backdrop:
    """Grass under hills."""
    pixels, stuff = empty(height, width)
    horizon = int(height * rng.uniform(0.42, 0.54))
    light = sky(rng, pixels, horizon)
    haze = tuple(float(v) for v in pixels[horizon - 2].mean(0))
    hills(rng, pixels, stuff, horizon, kind="mountain" if rng.random() < 0.4 else "hill", haze=haze)  # type: ignore[arg-type]
    ground(rng, pixels, horizon, (142, 178, 96), jitter(rng, (88, 136, 54), 8), ("grass", 0.28, 1.5))
    stuff[horizon:] = GRASS
    return Backdrop(
        pixels, stuff, (horizon + height * 0.06, height * 0.96), air=(height * 0.12, horizon * 0.72), light=light
    )


def park(rng: np.random.Generator, width: int, height: int) -> Backdrop:
    """Lawn with a gravel path, the town behind it."""
    pixels, stuff = empty(height, width)
    horizon = int(height * rng.uniform(0.42, 0.5))
    light = sky(rng, pixels, horizon)
    skyline(rng, pixels, stuff, horizon, 0.24)
    soft = pixels[:horizon]
    soft += (np.asarray((216, 226, 236), np.float32) - soft) * np.float32(0.3)
    ground(rng, pixels, horizon, (134, 170, 92), jitter(rng, (90, 142, 62), 8), ("grass", 0.26, 1.6))
    stuff[horizon:] = GRASS
    if rng.random() < 0.7:
        path(rng, pixels, stuff, horizon)
    return Backdrop(
        pixels, stuff, (horizon + height * 0.05, height * 0.96), air=(height * 0.12, horizon * 0.7), light=light
    )


def beach(rng: np.random.Generator, width: int, height: int) -> Backdrop:
    """Sand, sea and sky."""
    pixels, stuff = empty(height, width)
    horizon = int(height * rng.uniform(0.34, 0.42))
    shore = int(height * rng.uniform(0.58, 0.64))
    light = sky(rng, pixels, horizon)
    if rng.random() < 0.4:
        haze = tuple(float(v) for v in pixels[horizon - 2].mean(0))
        hills(rng, pixels, stuff, horizon, kind="mountain", haze=haze)  # type: ignore[arg-type]
    sea(rng, pixels, horizon, height, (70, 132, 184), jitter(rng, (88, 178, 194), 8))
    stuff[horizon:] = SEA
    sand = pixels.copy()
    ground(rng, sand, horizon, (232, 214, 170), jitter(rng, (226, 196, 142), 8), ("gravel", 0.085, 3.4))
    line = shore + ridge(rng, width, 0.3, 3) * height * 0.012
    mask = below(line, height)
    wet = below(line - height * 0.02, height) - mask
    pixels += (np.asarray((250, 250, 246), np.float32) - pixels) * (np.clip(wet, 0, 1) * 0.75)[..., None]
    damp = np.clip(
        (line[None, :] + height * 0.04 - np.arange(height, dtype=np.float32)[:, None]) / (height * 0.03), 0, 1
    )
    pixels += (sand * (1 - 0.2 * damp)[..., None] - pixels) * mask[..., None]
    stuff[mask > 0.5] = SAND
    return Backdrop(
        pixels,
        stuff,
        (shore + height * 0.05, height * 0.96),
        water=(horizon + height * 0.04, shore - height * 0.04),
        air=(height * 0.12, horizon * 0.8),
        far=0.72,
        light=light,
    )


def lake(rng: np.random.Generator, width: int, height: int) -> Backdrop:
    """A lake below mountains, with grass on our side."""
    pixels, stuff = empty(height, width)
    horizon = int(height * rng.uniform(0.38, 0.46))
    shore = int(height * rng.uniform(0.76, 0.82))
    light = sky(rng, pixels, horizon)
    haze = tuple(float(v) for v in pixels[horizon - 2].mean(0))
    hills(rng, pixels, stuff, horizon, kind="snow" if rng.random() < 0.5 else "mountain", haze=haze)  # type: ignore[arg-type]
    mirrored = pixels[:horizon][::-1][: shore - horizon].copy()
    sea(rng, pixels, horizon, height, (92, 140, 170), jitter(rng, (62, 118, 150), 8))
    rows = mirrored.shape[0]
    pixels[horizon : horizon + rows] = 0.62 * pixels[horizon : horizon + rows] + 0.38 * cv2.blur(mirrored, (5, 9))
    stuff[horizon:] = WATER
    grass = pixels.copy()
    ground(rng, grass, horizon, (130, 170, 92), jitter(rng, (84, 132, 54), 8), ("grass", 0.28, 1.7))
    mask = below(shore + ridge(rng, width, 0.5) * height * 0.02, height)
    pixels += (grass - pixels) * mask[..., None]
    stuff[mask > 0.5] = GRASS
    return Backdrop(
        pixels,
        stuff,
        (shore + height * 0.05, height * 0.97),
        water=(horizon + height * 0.09, shore - height * 0.06),
        air=(height * 0.1, horizon * 0.6),
        far=0.85,
        light=light,
    )


def snowfield(rng: np.random.Generator, width: int, height: int) -> Backdrop:
    """Snow below white mountains."""
    pixels, stuff = empty(height, width)
    horizon = int(height * rng.uniform(0.44, 0.54))
    light = sky(rng, pixels, horizon)
    haze = tuple(float(v) for v in pixels[horizon - 2].mean(0))
    hills(rng, pixels, stuff, horizon, kind="snow", haze=haze)  # type: ignore[arg-type]
    ground(rng, pixels, horizon, (214, 226, 240), (236, 240, 248), ("fine", 0.035, 0.8))
    stuff[horizon:] = SNOW
    return Backdrop(
        pixels, stuff, (horizon + height * 0.05, height * 0.96), air=(height * 0.1, horizon * 0.6), light=light
    )


def street(rng: np.random.Generator, width: int, height: int) -> Backdrop:
    """A street in front of houses: pavement, kerb and road."""
    pixels, stuff = empty(height, width)
    walk, kerb = int(height * 0.6), int(height * 0.7)
    light = sky(rng, pixels, walk)
    skyline(rng, pixels, stuff, walk, 0.46)
    ground(rng, pixels, walk, (168, 166, 162), (190, 186, 180), ("gravel", 0.06, 2.6))
    stuff[walk:] = PAVEMENT
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(walk, kerb, dtype=np.float32)[:, None]
    seam = np.abs(((x - width / 2) * (1.0 - 0.35 * (y - walk) / (kerb - walk)) / 34.0) % 1.0 - 0.5) > 0.47
    pixels[walk:kerb] *= np.where(seam, 0.86, 1.0)[..., None].astype(np.float32)
    road = pixels.copy()
    ground(rng, road, walk, (84, 86, 92), (104, 104, 108), ("gravel", 0.08, 3.0))
    pixels[kerb:] = road[kerb:]
    pixels[kerb - 1 : kerb + 2] = (206, 204, 198)
    pixels[kerb + 2 : kerb + 5] *= 0.8
    stripe = int(height * 0.85)
    phase = float(rng.uniform(0, 70))
    dashes = ((np.arange(width) + phase) % 70) < 40
    pixels[stripe : stripe + 4, dashes] = (232, 226, 206)
    stuff[kerb:] = ROAD
    return Backdrop(
        pixels, stuff, (walk + height * 0.06, height * 0.97), air=(height * 0.07, height * 0.2), far=0.78, light=light
    )


def seabed(rng: np.random.Generator, width: int, height: int) -> Backdrop:
    """Under water: light from above, sand below."""
    pixels, stuff = empty(height, width)
    floor = int(height * rng.uniform(0.74, 0.8))
    pixels[:] = ramp(height, jitter(rng, (96, 196, 214), 8), (22, 84, 132), 0.9)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    rays = np.zeros((height, width), np.float32)
    for at in rng.uniform(-0.1, 1.0, 6):
        middle = at * width + y * 0.35
        rays += np.exp(-(((x - middle) / (10 + y * 0.08)) ** 2))
    pixels += (rays * np.clip(1 - y / (height * 0.85), 0, 1) * 34)[..., None]
    sand = pixels.copy()
    ground(rng, sand, int(floor * 0.8), (130, 168, 158), (190, 190, 150), ("gravel", 0.08, 3.0))
    mask = below(floor + ridge(rng, width, 0.4) * height * 0.02, height)
    pixels += (sand - pixels) * mask[..., None]
    np.clip(pixels, 0, 255, out=pixels)
    stuff[:] = WATER
    stuff[mask > 0.5] = SAND
    return Backdrop(
        pixels,
        stuff,
        (floor + height * 0.05, height * 0.96),
        air=(height * 0.14, floor - height * 0.08),
        far=0.85,
        light=(0.98, 1.0, 1.02),
    )
