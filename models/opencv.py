"""Classical inpainting of OpenCV: the embedded stand-ins for LaMa."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np

from triplets.records import Image, Mask


class Telea:
    """Fast marching (Telea, "An Image Inpainting Technique Based on the Fast Marching Method", 2004).

    Args:
        radius: of the neighbourhood that each pixel is made from, in pixels.
    """

    name = "telea"
    stand_in = True
    batch = 1
    _method = cv2.INPAINT_TELEA

    def __init__(self, radius: float = 3.0) -> None:
        self._radius = radius

    def paint(self, pictures: Sequence[Image], holes: Sequence[Mask]) -> list[Image]:
        """See :class:`models.protocols.Inpainter`."""
        return [self._fill(picture, hole) for picture, hole in zip(pictures, holes, strict=True)]

    def _fill(self, picture: Image, hole: Mask) -> Image:
        if picture.shape[:2] != hole.shape or hole.all():
            raise ValueError(f"a picture of {picture.shape[:2]} and a hole of {hole.shape} that must leave something to paint from")
        return cast(Image, cv2.inpaint(picture, hole.astype(np.uint8), self._radius, self._method))

    def describe(self) -> dict[str, str]:
        """The radius."""
        return {"radius": f"{self._radius:g}"}


class NavierStokes(Telea):
    """Fluid dynamics (Bertalmio, Bertozzi, Sapiro, "Navier-Stokes, Fluid Dynamics, and Image and Video Inpainting", 2001)."""

    name = "navier-stokes"
    _method = cv2.INPAINT_NS
