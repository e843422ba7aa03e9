"""Textures: photographs of ground that ship inside scikit-image's wheel, and noise."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.float32]
"""(height, width), float."""

_PHOTOGRAPHS = ("grass", "gravel", "brick")
_TILE = 512


@cache
def photograph(name: str) -> Plane:
    """A ground texture, 512 x 512, evened out: mean 0, and most of it within -1..1.

    Args:
        name: ``grass``, ``gravel`` or ``brick``; all three are CC0 and always in the wheel, nothing is ever downloaded.

    Raises:
        FileNotFoundError: scikit-image, a requirement of this project, is not installed whole.
    """
    found = importlib.util.find_spec("skimage")  # found, not imported: only its files are needed
    places = found.submodule_search_locations if found else None
    file = Path(places[0] if places else "skimage") / "data" / f"{name}.png"
    grey = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) if name in _PHOTOGRAPHS and file.is_file() else None
    if grey is None:
        raise FileNotFoundError(f"{file}: the texture ships with scikit-image; install scikit-image again")
    plane = grey.astype(np.float32)
    plane -= cv2.GaussianBlur(plane, (0, 0), 40, borderType=cv2.BORDER_REFLECT)
    return np.asarray(np.clip(plane / (2.2 * plane.std()), -1.5, 1.5), np.float32)


@cache
def tile(name: str) -> Plane:
    """A noise texture, 512 x 512, -1..1, that repeats without a seam.

    Args:
        name: ``fine`` (skin, paper), ``fur`` (short upright strokes), ``leaf`` (clumps) or ``wood`` (long grain).
    """
    if name in _PHOTOGRAPHS:
        return photograph(name)
    random = np.random.default_rng(sum(name.encode()))
    white = random.standard_normal((_TILE, _TILE)).astype(np.float32)
    if name == "leaf":
        return _even(_blurred(white, 1.1, 1.1) + 1.2 * _blurred(white[::-1], 2.6, 2.6))
    if name == "fur":
        return _even(_blurred(white, 0.8, 2.6) + 0.8 * _blurred(white[::-1], 3.0, 5.0))
    if name == "wood":
        return _even(_blurred(white, 22.0, 0.8) + 1.2 * _blurred(white[::-1], 46.0, 2.4))
    return _even(_blurred(white, 0.9, 0.9) + 0.6 * _blurred(white[::-1], 5.0, 5.0))


def _blurred(plane: Plane, across: float, down: float) -> Plane:
    """Blurred as if the plane went on for ever, and scaled back to unit contrast."""
    pad = int(4 * max(across, down)) + 1
    wide = np.pad(plane, pad, mode="wrap")
    soft = cv2.GaussianBlur(wide, (0, 0), across, sigmaY=down)[pad:-pad, pad:-pad]
    return np.asarray(soft / soft.std(), np.float32)


def _even(plane: Plane) -> Plane:
    return np.asarray(np.clip(plane / (2.2 * plane.std()), -1, 1), np.float32)


def clouds(rng: np.random.Generator, height: int, width: int, stretch: float = 1.0, octaves: int = 4) -> Plane:
    """Value noise of several octaves, 0..1; ``stretch`` > 1 draws it out sideways."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        rows = max(2, round(3 * 2**octave))
        columns = max(2, round(rows * width / height / stretch))
        grid = rng.random((rows + 1, columns + 1), dtype=np.float32)
        total += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) * np.float32(0.5**octave)
    return np.asarray(np.clip(total / np.float32(2 - 0.5 ** (octaves - 1)), 0, 1), np.float32)


def ridge(rng: np.random.Generator, width: int, roughness: float, steps: int = 5, *, sharp: bool = False) -> Plane:
    """A skyline: ``width`` heights, about -1..1; ``roughness`` 0.3 gives hills, 0.6 gives mountains,
    with ``sharp`` peaks.
    """
    total = np.zeros(width, np.float32)
    strength = 1.0
    for octave in range(steps):
        knots = rng.uniform(-1, 1, (1, 3 + 2 ** (octave + 1))).astype(np.float32)
        line = cv2.resize(
            knots, (width, 1), interpolation=cv2.INTER_CUBIC if octave < 2 and not sharp else cv2.INTER_LINEAR
        )
        total += line[0] * np.float32(strength)
        strength *= roughness
    return total
