"""Figures against brute force and SciPy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import ks_2samp

from ieiw.filters import statistics

VALUES = hnp.arrays(
    np.float32,
    st.integers(0, 60),
    elements=st.floats(-100, 100, width=32) | st.sampled_from([math.nan, math.inf, -math.inf]),
)
DEFINED = hnp.arrays(np.float32, st.integers(1, 60), elements=st.floats(-100, 100, width=32))


@given(VALUES)
def test_a_histogram_loses_no_value(values):
    found = statistics.histogram(values, statistics.plot_edges([values]))
    assert sum(found.counts) + found.below + found.above + found.undefined == len(values)
    assert found.undefined == sum(math.isnan(value) for value in values)


@given(VALUES, st.lists(st.floats(-200, 200), max_size=3))
def test_plot_edges_rise_and_cover_the_marks(values, marks):
    edges = statistics.plot_edges([values], marks)
    assert (np.diff(edges) > 0).all()
    assert all(edges[0] <= mark <= edges[-1] for mark in marks)


@given(st.lists(st.tuples(st.floats(-1, 2), st.floats(-1, 2)), max_size=50))
def test_joint_counts_are_those_of_brute_force(pairs):
    x, y = (np.array(side, float) for side in (zip(*pairs, strict=True) if pairs else ((), ())))
    edges = np.linspace(0, 1, 5)
    found = statistics.joint(x, y, edges, edges)
    expected = np.zeros((4, 4), int)
    for a, b in pairs:
        if 0 <= a <= 1 and 0 <= b <= 1:
            column, row = (int(np.searchsorted(edges, each, side="right")) - 1 for each in (a, b))
            expected[min(row, 3)][min(column, 3)] += 1
    assert np.array(found.counts).tolist() == expected.tolist()


@given(VALUES, st.integers(0, 2**32))
def test_a_sweep_counts_as_brute_force_does(margins, seed):
    others = np.random.default_rng(seed).random(len(margins)) < 0.5
    found = statistics.sweep(margins, others, points=7)
    assert 0.0 in found.shifts
    for shift, passing, kept in zip(found.shifts, found.passing, found.kept, strict=True):
        good = [not math.isnan(margin) and margin >= -shift for margin in margins.astype(float)]
        assert passing == sum(good)
        assert kept == sum(each and other for each, other in zip(good, others, strict=True))


@given(DEFINED, DEFINED)
def test_ks_is_scipys(left, right):
    found = statistics.drift(left, right)
    assert found.ks == pytest.approx(ks_2samp(left, right, method="asymp").statistic, abs=1e-12)
    assert found.psi >= 0


def test_drift_of_equal_shifted_and_missing_samples():
    sample = np.random.default_rng(0).normal(size=20_000)
    assert statistics.drift(sample, sample) == statistics.Drift(0.0, 0.0)
    assert statistics.drift(sample, sample + 0.05).psi < 0.1
    assert statistics.drift(sample, sample + 1.0).psi > 0.25
    assert statistics.drift(sample, np.array([math.nan])) is None


def test_psi_by_hand():
    reference = np.arange(1, 11, dtype=float)
    values = np.array([1.0] * 5 + [10.0] * 5)
    # Deciles of the reference hold a tenth each; the values hold a half in the first and the last, next to nothing between.
    expected = 2 * (0.5 - 0.1) * math.log(5) + 8 * (1e-4 - 0.1) * math.log(1e-3)
    assert statistics.drift(reference, values).psi == pytest.approx(expected)


def test_a_summary_leaves_the_undefined_out():
    found = statistics.summary(np.array([1.0, 3.0, math.nan]))
    assert (found.defined, found.undefined, found.mean, found.median, found.deviation) == (2, 1, 2.0, 2.0, 1.0)
    assert statistics.summary(np.array([math.nan])).mean is None
