"""Which colours show where they are painted, and still look like their names: what drawing chooses among."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import cast

import numpy as np
import numpy.typing as npt

from ieiw.triplets.drawings.palette import PALETTE, Rgb, lab
from ieiw.triplets.records import Image, Mask

VISIBLE = 45.0
"""CIELAB distance from which on an opaque drawing stands out from what lies beneath it."""
_ENOUGH = 0.95
_MOSTLY = 0.7
_NAMED_BY_LIGHTNESS = frozenset({"white", "gray", "black", "pink", "orange", "brown"})
"""Lighter or darker they have other names: dark orange is brown. Red stays red."""
_LIGHTER, _TURN, _PALE, _TINTED = 30.0, 30.0, 15.0, 25.0
"""How far see-through paint may go in CIELAB: in lightness, in degrees of hue; the least chroma of a hue, the most of gray."""
_FIVE_BITS = np.array([1024, 32, 1], np.float32)
"""From red, green and blue of five bits each to one number; numpy multiplies whole numbers in twice the time."""
_SAMPLED = 400
"""Pixels looked at, evenly spread: enough to tell 95 in 100."""


def visible_on(
    image: Image,
    where: Mask | Iterable[Sequence[float]],
    rng: np.random.Generator,
    *,
    radius: float = 0.0,
    alpha: float = 1.0,
    taken: Collection[str] = (),
    colours: Mapping[str, Rgb] = PALETTE,
) -> str:
    """A random colour that differs visibly from the pixels it is to be painted on.

    Visible is a colour that, mixed at ``alpha``, moves at least 95 in 100 of the pixels by ``VISIBLE * alpha`` or more in CIELAB.
    On most of them it must moreover look like its name: see-through white on the night sky is gray, and orange brown.
    Where no colour does both, the visible one that looks most like its name is taken; where none is visible, the one that moves
    most pixels.

    Args:
        image: to be painted on.
        where: a mask of the picture's size, or points as x, y; all pixels within ``1.5 * radius + 1`` of a point count, since a
            disc must stand out from its surroundings as well.
        rng: draws among the visible colours.
        radius: of the points, in pixels.
        alpha: opacity of the paint, 0..1.
        taken: names not to be used again.
        colours: name -> colour.

    Raises:
        ValueError: all colours are taken, or a mask of another size.
    """
    free = [at for at, name in enumerate(colours) if name not in taken]
    if not free:
        raise ValueError("all colours of the palette are taken")
    beneath = _pixels(image, where, radius)
    names = list(colours)
    if not len(beneath):
        return names[free[int(rng.integers(len(free)))]]
    shares = visible_shares([beneath], colours, alpha)[0, free]
    good = np.flatnonzero(shares >= _ENOUGH).tolist()
    alike: dict[str, float] = {}
    while good:
        name = names[free[good.pop(int(rng.integers(len(good))))]]
        alike[name] = float(_looks_like(name, colours[name], alpha).take(_five_bits(_some_of(beneath))).mean())
        if alike[name] >= _MOSTLY:
            return name
    return max(alike, key=alike.__getitem__) if alike else names[free[int(shares.argmax())]]


def visible_shares(
    places: Sequence[Image], colours: Mapping[str, Rgb], alpha: float = 1.0, least: float = VISIBLE
) -> npt.NDArray[np.float64]:
    """For each place and colour the share (0..1) of pixels that painting at ``alpha`` moves by ``least * alpha`` or more in CIELAB.

    Args:
        places: of each its pixels (N, 3), at least one; looked at to five bits a channel.
        colours: name -> colour.
        alpha: opacity of the paint, 0..1.
        least: CIELAB distance, as opaque paint would have to move a pixel.

    Returns:
        (places, colours).

    Raises:
        ValueError: a place without pixels.
    """
    few = [_some_of(pixels) for pixels in places]
    lengths = [len(pixels) for pixels in few]
    if 0 in lengths:
        raise ValueError("a place without pixels")
    moved = _moves(tuple(colours.values()), alpha, least).take(_five_bits(np.concatenate(few)), axis=0)
    starts = [0, *accumulate(lengths[:-1])]
    return cast(
        "npt.NDArray[np.float64]", np.add.reduceat(moved, starts, axis=0, dtype=np.uint32) / np.array(lengths)[:, None]
    )


def _some_of(pixels: Image) -> Image:
    return pixels[:: max(1, len(pixels) // _SAMPLED)]


def _five_bits(pixels: Image) -> npt.NDArray[np.intp]:
    """Pixels (N, 3) as numbers below 32768."""
    return cast("npt.NDArray[np.intp]", ((pixels >> 3).astype(np.float32) @ _FIVE_BITS).astype(np.intp))


@lru_cache(maxsize=16)
def _moves(colours: tuple[Rgb, ...], alpha: float, least: float) -> npt.NDArray[np.bool_]:
    """(32768, colours) whether painting moves each RGB of five bits a channel visibly.

    Made once a process: asking CIELAB for every drawing took as long as encoding its picture.
    """
    before = lab(_all_colours())
    after = (_painted(rgb, alpha) for rgb in colours)
    return np.stack([np.linalg.norm(moved - before, axis=1) >= least * alpha for moved in after], axis=1)


@lru_cache(maxsize=64)
def _looks_like(name: str, rgb: Rgb, alpha: float) -> npt.NDArray[np.bool_]:
    """(32768,) whether paint still looks like its name on each RGB of five bits a channel."""
    paint, seen = lab(np.asarray([rgb], np.float32))[0], _painted(rgb, alpha)
    chroma, wanted = np.linalg.norm(seen[:, 1:], axis=1), float(np.linalg.norm(paint[1:]))
    if wanted < _PALE:
        kept = chroma <= _TINTED
    else:
        along = seen[:, 1:] @ paint[1:] / wanted  # of its chroma, what goes the paint's way
        kept = (chroma >= _PALE) & (along >= chroma * math.cos(math.radians(_TURN)))
    if name in _NAMED_BY_LIGHTNESS:
        kept &= np.abs(seen[:, 0] - paint[0]) <= _LIGHTER
    return cast(npt.NDArray[np.bool_], kept)


def _all_colours() -> npt.NDArray[np.float32]:
    """(32768, 3) the middle of each RGB of five bits a channel."""
    levels = np.arange(4, 256, 8, dtype=np.float32)
    return np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)


def _painted(rgb: Rgb, alpha: float) -> npt.NDArray[np.float32]:
    """(32768, 3) in CIELAB, what paint makes of them."""
    beneath = _all_colours()
    return lab(beneath + (np.asarray(rgb, np.float32) - beneath) * np.float32(alpha))


def _pixels(image: Image, where: Mask | Iterable[Sequence[float]], radius: float) -> Image:
    if isinstance(where, np.ndarray) and where.dtype == np.bool_:
        if where.shape != image.shape[:2]:
            raise ValueError(f"a mask of {where.shape} on a picture of {image.shape[:2]}")
        return _some(image, where)
    reach = 1.5 * radius + 1
    height, width = image.shape[:2]
    beneath = np.zeros((height, width), np.bool_)
    for x, y in where:
        top, bottom = max(0, math.floor(y - reach)), min(height, math.ceil(y + reach))
        left, right = max(0, math.floor(x - reach)), min(width, math.ceil(x + reach))
        if top < bottom and left < right:
            beneath[top:bottom, left:right] = True
    return _some(image, beneath)


def _some(image: Image, where: Mask) -> Image:
    """Pixels of a region (N, 3), evenly spread, about as many as are looked at."""
    places = np.flatnonzero(where)
    return image.reshape(-1, 3)[places[:: max(1, len(places) // _SAMPLED)]]
