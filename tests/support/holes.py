"""Pictures with holes for the inpainters."""

import numpy as np

from ieiw.models.roles import INPAINT

EMBEDDED = sorted(set(INPAINT.backends) - {"lama"})
PAINTING = sorted(set(EMBEDDED) - {"noop"})


def stripes(height=96, width=96):
    """A texture of period 8 with a slow change of brightness."""
    y, x = np.mgrid[:height, :width]
    wave = 100 + 60 * np.sin(2 * np.pi * (x + y) / 8) + y / 3
    return np.stack([wave, wave * 0.8 + 20, 255 - wave], axis=2).astype(np.uint8)


def disc(height=96, width=96, radius=17):
    y, x = np.mgrid[:height, :width]
    return (y - height / 2) ** 2 + (x - width / 2) ** 2 < radius**2


def paint(name, picture, hole, **options):
    return INPAINT.make(name, options).paint([picture], [hole])[0]
