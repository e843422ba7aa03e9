"""An inpainter that paints nothing: for benchmarks and tests of everything around it."""

from __future__ import annotations

from collections.abc import Sequence

from triplets.records import Image, Mask


class Noop:
    """Fills every hole with mid grey."""

    name = "noop"
    stand_in = True
    batch = 1

    def paint(self, pictures: Sequence[Image], holes: Sequence[Mask]) -> list[Image]:
        """See :class:`models.protocols.Inpainter`."""
        filled = []
        for picture, hole in zip(pictures, holes, strict=True):
            copy = picture.copy()
            copy[hole] = 128
            filled.append(copy)
        return filled

    def describe(self) -> dict[str, str]:
        """No settings."""
        return {}
