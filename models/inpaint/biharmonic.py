"""Biharmonic inpainting of scikit-image: the smoothest surface through the hole's rim."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ieiw.models.inpaint.common import pairs
from ieiw.models.protocols import Inpainter
from ieiw.triplets.records import Image, Mask


class Biharmonic(Inpainter):
    """Solves the biharmonic equation in the hole (Damelin and Hoang, "On Surface Completion and Image Inpainting by
    Biharmonic Functions", 2018). Has no setting.
    """

    name = "biharmonic"
    stand_in = True
    cost = 0.88

    def paint(self, pictures: Sequence[Image], holes: Sequence[Mask]) -> list[Image]:
        """See :class:`ieiw.models.protocols.Inpainter`."""
        return [_solve(picture, hole) for picture, hole in pairs(pictures, holes)]

    def describe(self) -> dict[str, str]:
        """No settings."""
        return {}


def _solve(picture: Image, hole: Mask) -> Image:
    from skimage.restoration import inpaint_biharmonic

    if not hole.any():
        return picture.copy()
    blank = np.where(hole[..., None], 0, picture).astype(np.uint8)  # what is in the hole must not reach the solver
    surface = inpaint_biharmonic(blank, hole, channel_axis=-1)  # floats 0..1, overshooting a little at strong edges
    filled: Image = np.rint(np.clip(surface, 0.0, 1.0) * 255.0).astype(np.uint8)
    return filled
