"""Codes and ranks that duplicates are found by; the rule itself is tested in ``rules/test_duplicates.py``."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.filters.duplicates import Candidates, Links, combined_codes, near_duplicates, rank_within


@given(st.lists(st.integers(0, 4), max_size=40))
def test_a_rank_counts_the_equal_ones_before(codes):
    seen, expected = Counter(), []
    for code in codes:
        expected.append(seen[code])
        seen[code] += 1
    assert rank_within(np.array(codes, np.int64)).tolist() == expected


def test_none_of_no_rows_is_a_duplicate():
    none = np.empty(0, np.int64)
    assert near_duplicates(Candidates(none, none, None), Links(none, none, none, 0)).shape == (0,)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(-3, 3)), max_size=50), st.booleans())
def test_codes_tell_combinations_apart(rows, mixed_alike):
    columns = [np.array([row[at] for row in rows], np.int64) for at in range(3)]
    with pytest.MonkeyPatch.context() as patch:
        if mixed_alike:  # a product with 0 makes all alike, which must be noticed
            patch.setattr("ieiw.filters.duplicates._ODD", np.uint64(0))
        codes = combined_codes(*columns).tolist()
    for one, first in zip(rows, codes, strict=True):
        for two, second in zip(rows, codes, strict=True):
            assert (one == two) == (first == second)
