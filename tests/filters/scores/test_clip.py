"""Cosines of pairs, by vectors whose cosines are known."""

import numpy as np
import pytest

from ieiw.filters.registry import make
from ieiw.filters.scores.base import VectorPairs

X, Y, Z = np.eye(3, dtype=np.float32)
DIAGONAL = (X + Y) / np.sqrt(2)


def ask(name, source, target, instruction):
    pairs = VectorPairs(*(np.array([each], np.float32) for each in (source, target, instruction)))
    return float(make(name).of_pairs(pairs)[0])


@pytest.mark.parametrize(
    ("name", "value"), [("clip-image", 0.70710678), ("clip-text", 0.70710678), ("clip-direction", 0.92387953)]
)
def test_values(name, value):
    assert ask(name, X, DIAGONAL, Y) == pytest.approx(value, abs=1e-6)


def test_no_change_has_no_direction():
    assert np.isnan(ask("clip-direction", X, X, Y)) and ask("clip-image", X, X, Z) == pytest.approx(1)


def test_a_missing_vector_has_no_value():
    assert np.isnan(ask("clip-image", X, X * np.nan, Y))
