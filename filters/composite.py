"""Scores made of scores: computed when a cut is made, from values that are kept already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Composite:
    """A picture score that is a function of others.

    Attributes:
        parts: names of the scores it needs.
        compute: their values, each an array of the same length -> the composite's values; NaN where a part is NaN.
    """

    parts: tuple[str, ...]
    compute: Callable[[Mapping[str, Values]], Values]


_RAMPS = {
    "sharpness": (0.20, 0.45),
    "exposure": (0.30, 0.90),
    "contrast": (0.03, 0.12),
    "noise": (8.0, 1.5),
    "blockiness": (2.6, 1.3),
}
"""Score -> (where it counts 0, where it counts 1); linear in between. Colourfulness is a matter of taste and left out."""


def _classical_quality(values: Mapping[str, Values]) -> Values:
    """Geometric mean of the ramps, so that one bad part cannot be outweighed; 0..1."""
    product = np.ones_like(values["sharpness"], np.float64)
    for name, (low, high) in _RAMPS.items():
        product = product * np.clip((values[name] - low) / (high - low), 0, 1)
    return np.asarray(product ** (1 / len(_RAMPS)), np.float32)


COMPOSITES = {"classical-quality": Composite(tuple(_RAMPS), _classical_quality)}
"""Name -> composite. ``classical-quality`` stands in for the aesthetics score of the paper and says so by its name."""
