"""The membrane of Poisson blending: a difference known around an object, continued smoothly across it."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
_GRID = 48
_ROUNDS = 600
_REACH = 5
"""How many cells around the object are believed."""


def membrane(difference: Floats, cover: Floats) -> Floats:
    """The solution of Laplace's equation where the object is, on a coarse grid: a membrane has no details.

    Args:
        difference: (height, width, channels), new ground less old one; read around the object alone.
        cover: (height, width), 0..1, where the object is.

    Returns:
        (height, width, channels); zero everywhere if nothing around the object is known.
    """
    height, width = cover.shape
    scale = min(1.0, _GRID / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    grown = cv2.dilate((cover > 0).astype(np.uint8), np.ones((5, 5), np.uint8))
    outside = (grown == 0).astype(np.float32)  # well away from the rim, where object and ground mix
    share = cv2.resize(outside, size, interpolation=cv2.INTER_AREA)
    total = cv2.resize(difference * outside[..., None], size, interpolation=cv2.INTER_AREA)
    inside = cv2.resize(grown, size, interpolation=cv2.INTER_NEAREST)
    near = cv2.dilate(inside, np.ones((2 * _REACH + 1, 2 * _REACH + 1), np.uint8)) > 0
    known = (share > 0.5) & near
    if not known.any():
        return np.zeros_like(difference)
    fixed = (total.reshape(*known.shape, -1) / np.maximum(share, 1e-3)[..., None]).astype(np.float32)
    field = np.where(known[..., None], fixed, fixed[known].mean(axis=0)).astype(np.float32)
    cross = np.array([[0, 0.25, 0], [0.25, 0, 0.25], [0, 0.25, 0]], np.float32)
    for _ in range(_ROUNDS):
        field = _neighbours(field, cross)
        field[known] = fixed[known]
    wide = cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)
    return cast(Floats, wide.reshape(difference.shape).astype(np.float32))


def _neighbours(field: Floats, cross: Floats) -> Floats:
    mean = cv2.filter2D(field, -1, cross, borderType=cv2.BORDER_REPLICATE)
    return cast(Floats, mean.reshape(field.shape))
