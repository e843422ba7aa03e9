"""The split: one picture, one side."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.filters.rule_set import Split
from ieiw.filters.split import validation_rows

ROWS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=60)


def parted(rows, validation=0.3, seed=0):
    groups = pa.array([f"g{group}" for group, _ in rows], pa.string())
    pictures = pa.array([f"{picture:064x}" for _, picture in rows], pa.string())
    return validation_rows(groups, pictures, Split(validation=validation, seed=seed))


@settings(max_examples=150, deadline=None)
@given(ROWS, st.integers(0, 5))
def test_rows_of_one_group_or_one_picture_are_on_one_side(rows, seed):
    sides = parted(rows, seed=seed)
    for at in (0, 1):
        for value in {row[at] for row in rows}:
            assert len({bool(side) for row, side in zip(rows, sides, strict=True) if row[at] == value}) == 1


def test_share_and_seed():
    rows = [(number, number) for number in range(20_000)]
    first, second = parted(rows, 0.1, 0), parted(rows, 0.1, 1)
    assert 0.09 < first.mean() < 0.11
    assert 0.005 < (first & second).mean() < 0.015
    assert not parted(rows, 0).any()


def test_other_rows_move_no_row_across():
    rows = [(number, number) for number in range(1000)]
    whole = parted(rows)
    some = np.arange(0, 1000, 3)
    assert (parted([rows[at] for at in some]) == whole[some]).all()
