"""Rows as columns, and scores looked up for them."""

import numpy as np
import pytest

from ieiw.triplets.errors import UsageError
from tests.support.frames import frame, value_of


@pytest.mark.parametrize("role", ["source", "target", "pair", "gap"])
def test_scores_row_by_row(role):
    made, rows, values = frame(60)
    name = "seam" if role == "pair" else "classical-quality"
    expected = [
        value_of(rows, values, name, "source", row) - value_of(rows, values, name, "target", row)
        if role == "gap"
        else value_of(rows, values, name, role, row)
        for row in range(60)
    ]
    np.testing.assert_allclose(made.score(name, role), expected, rtol=1e-5)


def test_rows_without_a_value_are_undefined():
    made = frame(5)[0]
    made.lookup = lambda name: (made.table["key"].combine_chunks()[1:3], np.array([1, 2], np.float32))
    np.testing.assert_array_equal(made.score("seam", "pair"), [np.nan, 1, 2, np.nan, np.nan])


@pytest.mark.parametrize("column", ["task", "source+task", "target_sha256"])
def test_codes_are_equal_where_values_are(column):
    made, rows, _ = frame(80, pictures=9)
    codes = made.codes(column).tolist()
    names = list(zip(*(rows[each] for each in column.split("+")), strict=True))
    assert [[one == two for two in codes] for one in codes] == [[one == two for two in names] for one in names]


def test_scores_are_looked_up_once_and_again_after_they_were_forgotten():
    made = frame(20)[0]
    asked, lookup = [], made.lookup
    made.lookup = lambda name: asked.append(name) or lookup(name)
    first = made.score("noise", "source")
    made.score("noise", "target"), made.score("noise", "gap")
    assert asked == ["noise"]
    made.forget_scores()
    np.testing.assert_array_equal(made.score("noise", "source"), first)
    assert asked == ["noise", "noise"]


def test_a_row_without_a_hash_is_an_error_not_a_zero():
    made = frame(5)
    made[0].lookup = lambda name: (made[0].table["source_sha256"].combine_chunks()[:1], np.zeros(1, np.uint64))
    with pytest.raises(UsageError, match="score phash"):
        made[0].score("phash", "target")
