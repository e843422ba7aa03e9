"""What candidates are compared by: likeness to their reference, and any scores of pixels that the recipe names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ieiw.builders.replacement.working import LIKENESS
from ieiw.filters.registry import load, make
from ieiw.filters.scores.base import Pair, PairScore, PictureScore
from ieiw.models.embed.common import embed_images
from ieiw.models.protocols import Embedder
from ieiw.triplets.records import Image, Mask

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Results:
    """What was painted into one hole.

    Attributes:
        picture: before.
        hole: where it was painted.
        wholes: the pictures after, one a candidate.
        crops: of each, what stands in the hole now with a little around it.
        references: the crop that each was painted from.
    """

    picture: Image
    hole: Mask
    wholes: Sequence[Image]
    crops: Sequence[Image]
    references: Sequence[Image]


class Judges:
    """Scores candidates.

    Args:
        weights: score of pixels, or likeness -> its weight in the sum that decides; 0 is only recorded. A score of which lower
            values are better counts the other way round.
        embedder: of the gallery.
    """

    def __init__(self, weights: Mapping[str, float], embedder: Embedder) -> None:
        self._weights, self._embedder = weights, embedder
        self._scores = {name: make(name) for name in weights if name != LIKENESS}

    def scores(self, results: Results) -> dict[str, Floats]:
        """Score -> (candidates,); likeness is always among them. NaN where a score has no meaning."""
        found = {LIKENESS: self._likeness(results)}
        for name, score in self._scores.items():
            if isinstance(score, PictureScore):
                found[name] = np.array(score.of_pictures(results.crops), np.float64)
            elif isinstance(score, PairScore):
                pairs = [Pair(results.picture, each, results.hole) for each in results.wholes]
                found[name] = np.array(score.of_pairs(pairs), np.float64)
        return found

    def best(self, scores: Mapping[str, Floats]) -> int:
        """The candidate of the greatest sum; the first of equal ones. A score without meaning weighs nothing."""
        total = np.zeros(len(scores[LIKENESS]))
        for name, weight in self._weights.items():
            sign = -1 if name != LIKENESS and load(name).better == "lower" else 1
            total += sign * weight * np.nan_to_num(scores[name])
        return int(np.argmax(total))

    def _likeness(self, results: Results) -> Floats:
        """Cosine of what stands in the hole now to the reference that it was painted from."""
        made = embed_images(self._embedder, results.crops).astype(np.float64)
        wanted = embed_images(self._embedder, results.references).astype(np.float64)
        likeness: Floats = (made * wanted).sum(axis=1)
        return likeness


def told(scores: Mapping[str, Floats], candidate: int) -> dict[str, float]:
    """The scores of one candidate that have a meaning, to six digits."""
    found = {name: float(values[candidate]) for name, values in scores.items()}
    return {name: round(value, 6) for name, value in found.items() if math.isfinite(value)}
