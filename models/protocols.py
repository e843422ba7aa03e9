"""What the house asks of a pre-trained model: small protocols, one for each role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ieiw.triplets.records import Image, Mask


class Inpainter(Protocol):
    """Fills holes in pictures.

    Attributes:
        name: what rows and reports show, such as ``telea`` or ``lama``.
        stand_in: true for an embedded algorithm that stands where a trained model would.
        batch: how many pictures are best given at once; results never depend on it beyond float rounding.
    """

    name: str
    stand_in: bool
    batch: int

    def paint(self, pictures: Sequence[Image], holes: Sequence[Mask]) -> list[Image]:
        """Fill each hole; every result has its picture's size.

        Pixels outside the hole may differ from the picture: callers composite.

        Raises:
            ValueError: lengths or sizes differ, or a hole covers the whole picture.
        """
        ...

    def describe(self) -> dict[str, str]:
        """Settings that change pixels (weights digest, radius, device kind), for the build's fingerprint."""
        ...
