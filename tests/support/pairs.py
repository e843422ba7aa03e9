"""Pictures in pairs for tests: one drawn, one damaged."""

from pathlib import Path

import cv2
import numpy as np


def drawn(width=96, height=64, seed=0):
    """Smooth colours with some edges, (height, width, 3)."""
    dice = np.random.default_rng(seed)
    picture = cv2.resize(dice.integers(0, 256, (5, 7, 3), np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(6):
        corner = dice.integers(0, (width, height))
        cv2.circle(picture, tuple(map(int, corner)), int(dice.integers(3, 12)), dice.integers(0, 256, 3).tolist(), -1)
    return picture


def save(path: Path, picture, bgr=True):
    """Write a picture, folders included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), picture if bgr else picture[..., ::-1])


def save_pair(damaged: Path, clean: Path, seed=0, width=96, height=64):
    """A blurred picture and the sharp one."""
    picture = drawn(width, height, seed)
    save(damaged, cv2.GaussianBlur(picture, (0, 0), 2))
    save(clean, picture)
