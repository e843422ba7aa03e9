"""How much of the picture an edit changed, inside the hole and outside of it."""

from __future__ import annotations

import numpy as np

from ieiw.filters.scores._luminance import difference
from ieiw.filters.scores.base import Pair, PairScore

_VISIBLE = 12  # grey levels of 255: above what JPEG at quality 95 changes, about what an eye sees side by side


class ChangeInside(PairScore):
    """Share of the hole's pixels that changed visibly; low values are edits that did nothing. NaN without a hole."""

    name = "change-inside"

    def of_pair(self, pair: Pair) -> float:
        """0..1."""
        if pair.hole is None or not pair.hole.any():
            return float("nan")
        return float(np.mean(difference(pair.source, pair.target)[pair.hole] > _VISIBLE))


class ChangeOutside(PairScore):
    """Share of the pixels outside the hole that changed visibly; what should have stayed. Without a hole, of all pixels."""

    name = "change-outside"
    better = "lower"

    def of_pair(self, pair: Pair) -> float:
        """0..1."""
        changed = difference(pair.source, pair.target) > _VISIBLE
        if pair.hole is None:
            return float(changed.mean())
        outside = ~pair.hole
        return float(changed[outside].mean()) if outside.any() else float("nan")
