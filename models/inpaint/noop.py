"""An inpainter that paints nothing: for benchmarks and tests of everything around it."""

from __future__ import annotations

from collections.abc import Sequence

from ieiw.models.inpaint.common import pairs
from ieiw.models.protocols import Inpainter
from ieiw.triplets.records import Image, Mask

_GREY = 128


class Noop(Inpainter):
    """Copies the picture and fills every hole with mid grey."""

    name = "noop"
    stand_in = True
    cost = 0.0

    def paint(self, pictures: Sequence[Image], holes: Sequence[Mask]) -> list[Image]:
        """See :class:`ieiw.models.protocols.Inpainter`."""
        filled = []
        for picture, hole in pairs(pictures, holes):
            copy = picture.copy()
            copy[hole] = _GREY
            filled.append(copy)
        return filled

    def describe(self) -> dict[str, str]:
        """No settings."""
        return {}
