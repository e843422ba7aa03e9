"""Addition: a removal read backwards; source is the picture without the region, target is the picture."""

from __future__ import annotations

from ieiw.builders.tasks._erasure import Erased, Erasure
from ieiw.triplets.records import Encoded


class Addition(Erasure):
    """IEIW's object addition: the exact bytes of the removal, swapped."""

    name = "addition"
    mirrors = "removal"

    def _direction(self, erased: Erased) -> tuple[Encoded, Encoded]:
        return erased.empty, erased.full
