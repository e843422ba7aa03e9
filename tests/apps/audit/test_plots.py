"""Plots: colours of the theme, labels inside, the kept region as polygon."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.apps.audit import plots
from ieiw.filters import statistics
from ieiw.pipelines.audit.figures import Distribution, Mark
from ieiw.pipelines.audit.sweeps import Swept

SQUARE = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)


def _distribution(marks=()):
    values = np.random.default_rng(0).normal(size=500)
    edges = statistics.plot_edges([values], [mark.most for mark in marks if mark.most is not None])
    shown = {role: statistics.histogram(values, edges) for role in ("source", "target")}
    return Distribution("noise", "lower", False, shown, {}, {"source": (), "target": tuple(marks), "gap": ()})


@pytest.mark.parametrize(
    "svg",
    [
        plots.distribution(_distribution([Mark("noisy", "all", None, 2.0)]), ["source", "target"]),
        plots.joint("noise", statistics.Joint((0, 0.5, 1), (0, 0.5, 1), ((3, 0), (1, 9))), {}),
        plots.sweep(Swept("noisy", "most", "noise", 2.0, True, statistics.sweep(np.arange(9.0) - 4, np.ones(9, bool)))),
    ],
    ids=["distribution", "joint", "sweep"],
)
def test_a_plot_is_xml_in_the_themes_colours_without_fonts_or_fixed_size(svg):
    root = ElementTree.fromstring(svg.replace("xlink:href", "href"))
    assert root.attrib["aria-label"] and "width" not in root.attrib
    assert "var(--" in svg and "font-family" not in svg
    colours = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", svg))
    assert not colours, colours


def test_thresholds_are_drawn_and_named():
    svg = plots.distribution(_distribution([Mark("noisy", "all", None, 2.0)]), ["source", "target"])
    assert "noisy 2" in svg and "noisy" not in plots.distribution(_distribution(), ["source", "target"])


def test_a_label_cannot_break_out_of_its_element():
    assert "<b>" not in plots._inline("<svg viewBox='0'><g/></svg>", 'x"><b>')


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-2, 2), st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_clipping_keeps_what_is_inside(a, b, bound, point):
    corners = plots.clip(SQUARE, (a, b), bound)
    assert all(a * x + b * y <= bound + 1e-9 for x, y in corners)
    if a * point[0] + b * point[1] < bound - 1e-6:
        assert len(corners) >= 3


def test_clipping_a_square_by_its_diagonal():
    assert sorted(map(tuple, plots.clip(SQUARE, (1, -1), 0).tolist())) == [(0, 0), (0, 1), (1, 1)]
