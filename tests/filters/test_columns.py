"""Columns there and back, without pandas."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.filters.columns import column, named, numbers


@pytest.mark.parametrize("kind", ["int16", "int64", "uint64", "float32"])
def test_numbers_come_back(kind):
    values = np.array([0, 1, 5, 100], kind)
    made = column(values[::2])  # not contiguous
    assert made.equals(pa.array([0, 5], pa.from_numpy_dtype(values.dtype)))
    assert numbers(made).tolist() == [0, 5]


@given(st.lists(st.booleans(), max_size=40))
def test_truth_values_filter_like_arrows_own(values):
    rows = pa.array(range(len(values)), pa.int64())
    assert rows.filter(column(np.array(values, np.bool_))).equals(rows.filter(pa.array(values, pa.bool_())))


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=5), min_size=1, max_size=4), st.data())
def test_names_of_rows(names, data):
    codes = data.draw(st.lists(st.integers(0, len(names) - 1), max_size=10))
    assert named(np.array(codes, np.int64), names).to_pylist() == [names[code] for code in codes]


def test_pandas_stays_out():
    """Its import would take longer than most cuts."""
    program = """
import sys
import numpy as np
from ieiw.filters.columns import column, named, numbers
numbers(column(np.arange(3)).filter(column(np.ones(3, bool))))
named(np.zeros(2, bool), ("train", "validation"))
assert "pandas" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
