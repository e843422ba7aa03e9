"""Shares of streams: never falling, near the exact ones at every position."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.train.data.interleave import taken_until


@given(st.lists(st.integers(0, 40), min_size=1, max_size=7))
@settings(max_examples=50, deadline=None)
def test_shares_never_fall_and_stay_near_the_exact_ones(taken):
    total, before = sum(taken), [0] * len(taken)
    for position in range(total + 1):
        counts = taken_until(position, taken)
        assert sum(counts) == position
        assert all(now >= then for now, then in zip(counts, before, strict=True))
        exact = [position * size / total for size in taken] if total else counts
        bound = max(1, len(taken) / 2)
        assert all(abs(now - right) <= bound + 1e-9 for now, right in zip(counts, exact, strict=True))
        before = counts
    assert before == list(taken)
