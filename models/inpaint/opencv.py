"""Classical inpainting of OpenCV: the fastest stand-ins for LaMa. Both spread the rim's colours inwards, so holes look smeared."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ieiw.models.inpaint.common import pairs, ranged
from ieiw.models.protocols import Inpainter
from ieiw.triplets.records import Image, Mask


class Telea(Inpainter):
    """Fast marching (Telea, "An Image Inpainting Technique Based on the Fast Marching Method", 2004).

    Args:
        radius: of the neighbourhood that each pixel is made from, in pixels, 1 to 100.
    """

    name = "telea"
    stand_in = True
    cost = 0.88
    _method = cv2.INPAINT_TELEA

    def __init__(self, radius: float = 3.0) -> None:
        self._radius = float(ranged("radius", radius, 1, 100))

    def paint(self, pictures: Sequence[Image], holes: Sequence[Mask]) -> list[Image]:
        """See :class:`ieiw.models.protocols.Inpainter`."""
        return [spread(picture, hole, self._radius, self._method) for picture, hole in pairs(pictures, holes)]

    def describe(self) -> dict[str, str]:
        """The radius."""
        return {"radius": f"{self._radius:g}"}


class NavierStokes(Telea):
    """Fluid dynamics (Bertalmio, Bertozzi, Sapiro, "Navier-Stokes, Fluid Dynamics, and Image and Video Inpainting", 2001)."""

    name = "navier-stokes"
    _method = cv2.INPAINT_NS


def spread(picture: Image, hole: Mask, radius: float, method: int) -> Image:
    """OpenCV's inpainting. A picture one pixel wide or high is repeated beside itself: OpenCV would read past its end.

    Args:
        picture: any colours in the hole.
        hole: true where colours are sought.
        radius: of the neighbourhood that each pixel is made from, in pixels.
        method: ``cv2.INPAINT_TELEA`` or ``cv2.INPAINT_NS``.
    """
    height, width = hole.shape
    down, right = (2 if side == 1 else 0 for side in (height, width))
    wide = cv2.copyMakeBorder(picture, 0, down, 0, right, cv2.BORDER_REPLICATE)
    asked = cv2.copyMakeBorder(hole.astype(np.uint8), 0, down, 0, right, cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(cv2.inpaint(wide, asked, radius, method)[:height, :width], np.uint8)
