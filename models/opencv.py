"""Classical inpainting of OpenCV: the fastest stand-ins for LaMa. Both spread the rim's colours inwards, so holes look smeared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np

from models.holes import pairs, ranged
from triplets.records import Image, Mask


class Telea:
    """Fast marching (Telea, "An Image Inpainting Technique Based on the Fast Marching Method", 2004).

    Args:
        radius: of the neighbourhood that each pixel is made from, in pixels, 1 to 100.
    """

    name = "telea"
    stand_in = True
    batch = 1
    _method = cv2.INPAINT_TELEA

    def __init__(self, radius: float = 3.0) -> None:
        self._radius = float(ranged("radius", radius, 1, 100))

    def paint(self, pictures: Sequence[Image], holes: Sequence[Mask]) -> list[Image]:
        """See :class:`models.protocols.Inpainter`."""
        return [
            cast(Image, cv2.inpaint(np.ascontiguousarray(picture), hole.astype(np.uint8), self._radius, self._method))
            for picture, hole in pairs(pictures, holes)
        ]

    def describe(self) -> dict[str, str]:
        """The radius."""
        return {"radius": f"{self._radius:g}"}


class NavierStokes(Telea):
    """Fluid dynamics (Bertalmio, Bertozzi, Sapiro, "Navier-Stokes, Fluid Dynamics, and Image and Video Inpainting", 2001)."""

    name = "navier-stokes"
    _method = cv2.INPAINT_NS
