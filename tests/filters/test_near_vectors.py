"""Near vectors, against comparing each with each."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.filters import near_vectors
from ieiw.filters.near_vectors import near_vector_pairs


def clustered(count, dimension=16, seed=0):
    random = np.random.default_rng(seed)
    centres = random.normal(size=(max(1, count // 4), dimension))
    noise = random.normal(size=(count, dimension)) * random.choice([0, 0.1, 1], (count, 1))
    made = centres[random.integers(0, len(centres), count)] + noise
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float16)


def brute(vectors, least):
    full = vectors.astype(np.float32)
    cosines = full @ full.T
    return {
        (int(one), int(other)) for one, other in zip(*np.nonzero(np.triu(cosines >= least, 1)), strict=True)
    }, cosines


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 60), st.integers(0, 99), st.floats(0.5, 0.99))
def test_all_pairs_of_a_few(count, seed, least):
    vectors = clustered(max(count, 1), seed=seed)[:count]
    first, second, cosines = near_vector_pairs(vectors, least)
    expected, full = brute(vectors, least) if count else (set(), None)
    found = set(zip(first.tolist(), second.tolist(), strict=True))
    unsure = {pair for pair in expected ^ found if abs(full[pair] - least) < 1e-4}
    assert expected - unsure == found - unsure and len(found) == len(first)
    for one, other, cosine in zip(first, second, cosines, strict=True):
        assert one < other and cosine == pytest.approx(full[one, other], abs=1e-5)


def test_among_many_hardly_any_pair_is_missed(monkeypatch):
    monkeypatch.setattr(near_vectors, "_EXACT_UP_TO", 500)
    vectors = clustered(2_000)
    expected, _ = brute(vectors, 0.95)
    first, second, _ = near_vector_pairs(vectors, 0.95)
    found = set(zip(first.tolist(), second.tolist(), strict=True))
    assert len(expected) > 500 and len(expected & found) >= 0.98 * len(expected)
    again = near_vector_pairs(vectors, 0.95)
    assert np.array_equal(again[0], first) and np.array_equal(again[1], second)


def test_what_is_not_finite_is_near_nothing():
    vectors = np.array([[1, 0], [np.nan, 0], [1, 0]], np.float16)
    first, second, _ = near_vector_pairs(vectors, 0.9)
    assert (first.tolist(), second.tolist()) == ([0], [2])
