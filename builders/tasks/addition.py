"""Addition: a removal read backwards; source is the picture without the region, target is the picture."""

from __future__ import annotations

from ieiw.builders.tasks._erasure import Erasure


class Addition(Erasure):
    """IEIW's object addition: the exact bytes of the removal, swapped."""

    name = "addition"
    mirrors = "removal"
