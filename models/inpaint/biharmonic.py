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
        from skimage.restoration import inpaint_biharmonic

        painted = []
        for picture, hole in pairs(pictures, holes):
            filled: Image = picture.copy()
            if hole.any():
                filled[hole] = 0  # what is in the hole must not reach the solver
                surface = inpaint_biharmonic(filled, hole, channel_axis=-1)  # floats that overshoot 0..1 a little
                filled = np.rint(np.clip(surface, 0.0, 1.0) * 255.0).astype(np.uint8)
            painted.append(filled)
        return painted

    def describe(self) -> dict[str, str]:
        """No settings."""
        return {}
