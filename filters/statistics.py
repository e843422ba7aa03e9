"""Figures about values: histograms, joint counts, threshold sweeps and drift. Pure NumPy; NaN never counts as a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
_TAIL = 0.001  # share of values at each end that a plot's range may leave outside


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts between ``edges`` (bins + 1, ascending). ``below`` and ``above`` lie outside, ``undefined`` are NaN.

    ``counts`` + ``below`` + ``above`` + ``undefined`` is the number of values.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int
    above: int
    undefined: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean, standard deviation and quantiles (5 %, 50 %, 95 %) of the defined values; None where there is none."""

    defined: int
    undefined: int
    mean: float | None
    deviation: float | None
    low: float | None
    median: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Joint:
    """Counts of pairs: ``counts[row][column]``, row by ``y_edges``, column by ``x_edges``; pairs outside are left out."""

    x_edges: tuple[float, ...]
    y_edges: tuple[float, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """What another bound would do: rows that would pass, for each shift of the bound; a shift of 0 is the bound in force.

    ``passing`` counts among the rows that the rule was asked about, ``kept`` among those that the other rules keep too.
    """

    shifts: tuple[float, ...]
    passing: tuple[int, ...]
    kept: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """How far two samples lie apart.

    Attributes:
        psi: population stability index over deciles of the reference; below 0.1 is steady, above 0.25 is another distribution.
        ks: Kolmogorov–Smirnov distance, the largest gap between the two cumulative shares, 0..1.
    """

    psi: float
    ks: float


def summary(values: Floats) -> Summary:
    """Figures of one sample, of any shape."""
    sound = _sound(values)
    if not len(sound):
        return Summary(0, int(values.size), None, None, None, None, None)
    low, median, high = (float(each) for each in np.quantile(sound, (0.05, 0.5, 0.95)))
    wide = sound.astype(np.float64)
    return Summary(len(sound), int(values.size) - len(sound), float(wide.mean()), float(wide.std()), low, median, high)


def plot_edges(samples: Sequence[Floats], marks: Sequence[float] = (), bins: int = 60) -> npt.NDArray[np.float64]:
    """Even bin edges over what the samples and marks (thresholds) cover, but for one value in a thousand at either end."""
    sound = [each for each in map(_sound, samples) if len(each)]
    ends = [float(each) for sample in sound for each in np.quantile(sample, (_TAIL, 1 - _TAIL))]
    ends += [float(mark) for mark in marks if np.isfinite(mark)]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    if high - low <= 1e-9 * max(1.0, abs(low), abs(high)):
        pad = max(0.5, abs(low) * 0.1)
        low, high = low - pad, high + pad
    elif marks:
        low, high = low - 0.02 * (high - low), high + 0.02 * (high - low)
    return np.linspace(low, high, bins + 1)


def histogram(values: Floats, edges: Floats) -> Histogram:
    """Counts of the values in the bins; the last bin includes its upper edge."""
    counts, _ = np.histogram(_sound(values), edges)
    below, above = int((values < edges[0]).sum()), int((values > edges[-1]).sum())  # an infinity lies beyond an end
    return Histogram(_floats(edges), tuple(counts.tolist()), below, above, int(np.isnan(values).sum()))


def joint(x: Floats, y: Floats, x_edges: Floats, y_edges: Floats) -> Joint:
    """Counts of pairs (x, y) in a grid; pairs with an undefined half are left out."""
    both = np.isfinite(x) & np.isfinite(y)
    counts, _, _ = np.histogram2d(y[both], x[both], (y_edges, x_edges))
    return Joint(_floats(x_edges), _floats(y_edges), tuple(map(tuple, counts.astype(int).tolist())))


def sweep(margins: Floats, others: Bools, points: int = 81) -> Sweep:
    """Rows that pass as a bound moves outwards (positive shifts let more pass) or inwards.

    Args:
        margins: (N,) how far each row lies inside the bound; negative outside, NaN never passes.
        others: (N,) whether every other rule keeps the row.
        points: shifts to look at; 0 is always among them.
    """
    sound = np.isfinite(margins)
    ordered, ordered_kept = np.sort(margins[sound]), np.sort(margins[sound & others])
    endless, endless_kept = int(np.isposinf(margins).sum()), int((np.isposinf(margins) & others).sum())
    if len(ordered):
        low, high = (float(each) for each in np.quantile(ordered, (0.005, 0.995)))
    else:
        low, high = 0.0, 0.0
    ends = sorted((-min(low, 0.0), -max(high, 0.0)))
    if ends[0] == ends[1]:
        ends = [-0.5, 0.5]
    shifts = np.union1d(np.linspace(ends[0], ends[1], points), [0.0])
    passing = len(ordered) - np.searchsorted(ordered, -shifts, side="left") + endless
    kept = len(ordered_kept) - np.searchsorted(ordered_kept, -shifts, side="left") + endless_kept
    return Sweep(_floats(shifts), tuple(passing.tolist()), tuple(kept.tolist()))


def drift(reference: Floats, values: Floats, bins: int = 10) -> Drift | None:
    """Distance of ``values`` from ``reference``; None where either has no defined value."""
    ours, theirs = np.sort(_sound(values)), np.sort(_sound(reference))
    if not len(ours) or not len(theirs):
        return None
    cuts = np.unique(np.quantile(theirs, np.linspace(0, 1, bins + 1)[1:-1]))
    expected, actual = _shares(theirs, cuts), _shares(ours, cuts)
    psi = float(((actual - expected) * np.log(actual / expected)).sum())
    places = np.concatenate([ours, theirs])
    left = np.searchsorted(ours, places, side="right") / len(ours)
    right = np.searchsorted(theirs, places, side="right") / len(theirs)
    return Drift(psi, float(np.abs(left - right).max()))


def _shares(ordered: Floats, cuts: Floats) -> npt.NDArray[np.float64]:
    """Share of the values in each bin between ``cuts``, at least 1 in 10,000 so that no logarithm is endless."""
    ends = np.concatenate([[0], np.searchsorted(ordered, cuts, side="right"), [len(ordered)]])
    return np.maximum(np.diff(ends) / len(ordered), 1e-4)


def _sound(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(values.astype(float).tolist())
