"""Colours by name: what drawing paints with, what instructions call it, and how read-out names a colour again.

:data:`PALETTE` is one palette for all tasks: any two of its colours are at least 40 apart in CIELAB, so that people and read-outs
tell them apart. The palettes of the InstructDiffusion release are kept beside it, since "green" is two colours there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, cast

import cv2
import numpy as np
import numpy.typing as npt

from ieiw.triplets.records import Image

Rgb = tuple[int, int, int]
"""Red, green, blue, 0..255."""

PALETTE: dict[str, Rgb] = {
    "red": (255, 0, 0),
    "orange": (255, 140, 0),
    "yellow": (255, 255, 0),
    "lime green": (130, 255, 0),
    "green": (0, 160, 0),
    "cyan": (0, 255, 255),
    "blue": (0, 0, 255),
    "purple": (128, 0, 160),
    "magenta": (255, 0, 255),
    "pink": (255, 170, 200),
    "brown": (130, 70, 20),
    "white": (255, 255, 255),
    "gray": (128, 128, 128),
    "black": (0, 0, 0),
}
"""Name -> colour, for every task."""

PaletteName = Literal["default", "release-keypoints", "release-masks"]
PALETTES: dict[PaletteName, dict[str, Rgb]] = {
    "default": PALETTE,
    "release-keypoints": {
        "red": (255, 0, 0),
        "green": (0, 255, 0),
        "blue": (0, 0, 255),
        "yellow": (255, 255, 0),
        "cyan": (0, 255, 255),
        "magenta": (255, 0, 255),
        "gray": (128, 128, 128),
        "white": (255, 255, 255),
        "black": (0, 0, 0),
    },
    "release-masks": {
        "red": (255, 0, 0),
        "purple": (128, 0, 128),
        "blue": (0, 0, 255),
        "green": (0, 128, 0),
        "yellow": (255, 255, 0),
        "white": (255, 255, 255),
        "black": (0, 0, 0),
        "gray": (128, 128, 128),
    },
}
"""Palettes by name: ours, and the two of the InstructDiffusion release (key points; masks)."""


def nearest(rgb: Sequence[float], colours: Mapping[str, Rgb] = PALETTE) -> str:
    """Name of the colour nearest to ``rgb`` (0..255) in CIELAB."""
    table = lab(np.asarray(list(colours.values()), np.float32))
    distances = np.linalg.norm(table - lab(np.asarray([rgb], np.float32)), axis=1)
    return list(colours)[int(distances.argmin())]


def lab(rgb: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """CIELAB (N, 3) of colours (N, 3) in 0..255."""
    return cast(npt.NDArray[np.float32], cv2.cvtColor(rgb[:, None] / np.float32(255), cv2.COLOR_RGB2Lab)[:, 0])


def mix(pixels: Image, colour: Rgb, share: npt.NDArray[np.float32] | np.float32, out: Image) -> None:
    """Write pixels moved towards a colour by a share of 0..1, rounded."""
    before = pixels.astype(np.float32)
    mixed = np.array(colour, np.float32) - before
    mixed *= share
    mixed += before
    mixed += np.float32(0.5)
    out[...] = mixed  # cut off: nothing is negative


def clashing(name: str, colours: Iterable[str]) -> set[str]:
    """Colours whose names share a word with one, itself included: who reads "green" and "lime green" mixes them up."""
    return {other for other in colours if not set(name.split()).isdisjoint(other.split())}
