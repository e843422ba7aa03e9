"""Thresholds against the plainest possible re-telling of them, row by row."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.filters.apply import KEPT
from tests.support.frames import SIZES, ask, frame, kept, value_of


@settings(max_examples=60, deadline=None)
@given(SIZES, st.sampled_from(["source", "target", "pair"]), st.floats(0, 1), st.floats(0, 1))
def test_absolute_thresholds(size, of, least, most):
    made = frame(*size)
    score = "seam" if of == "pair" else "sharpness"
    least, most = sorted((round(least, 2), round(most, 2)))
    rule = {"name": "t", "kind": "threshold", "score": score, "of": of, "min": least, "max": most}
    found = ask(made, rule)
    values = [value_of(*made[1:], score, of, row) for row in range(size[0])]
    # The scores are float32, and the bounds are compared as such.
    expected = [row for row, value in enumerate(values) if np.float32(least) <= np.float32(value) <= np.float32(most)]
    assert kept(found) == expected
    (step,) = found.funnel
    assert (step.dropped, step.left) == (size[0] - len(expected), len(expected))
    assert step.undefined == sum(map(math.isnan, values))
    dropped = found.rule != KEPT
    np.testing.assert_array_equal(found.value[dropped], np.float32(values)[dropped])


@settings(max_examples=60, deadline=None)
@given(SIZES, st.sampled_from(["", "task", "source", "source+task"]), st.floats(0.05, 0.9), st.booleans())
def test_quantiles_by_group(size, per, share, lowest):
    made = frame(*size)
    _, rows, values = made
    field = "drop_lowest" if lowest else "drop_highest"
    found = ask(made, {"name": "q", "kind": "threshold", "score": "noise", "per": per, field: share})
    expected, groups = [], {}
    for row in range(size[0]):
        groups.setdefault(tuple(rows[column][row] for column in per.split("+")) if per else "all", []).append(row)
    for members in groups.values():
        theirs = {row: value_of(rows, values, "noise", "target", row) for row in members}
        sound = np.array([value for value in theirs.values() if not math.isnan(value)], np.float32)
        if len(sound):
            bound = np.float32(np.quantile(sound, share if lowest else 1 - share))
            expected += [row for row, value in theirs.items() if (value >= bound if lowest else value <= bound)]
    assert kept(found) == sorted(expected)
    assert len(found.funnel[0].bounds) == len(groups)


def test_a_quantile_is_taken_over_the_rows_still_there():
    made = frame(400, nan=0)
    first = {"name": "half", "kind": "threshold", "score": "noise", "min": 0.5}
    second = {"name": "tenth", "kind": "threshold", "score": "noise", "drop_lowest": 0.1}
    found = ask(made, first, second)
    values = np.array([value_of(*made[1:], "noise", "target", row) for row in range(400)], np.float32)
    assert found.funnel[1].bounds["all"][0] == np.quantile(values[values >= 0.5], np.float32(0.1))
    assert found.funnel[1].bounds["all"][0] > np.quantile(values, 0.5)
