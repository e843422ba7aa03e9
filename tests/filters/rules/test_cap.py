"""Caps against the plainest possible re-telling of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.frames import SIZES, ask, better_first, frame, kept


@settings(max_examples=40, deadline=None)
@given(SIZES, st.sampled_from(["group", "source", "task", "source+task"]), st.integers(1, 5))
def test_caps(size, per, most):
    made = frame(*size, groups=5)
    _, rows, values = made
    found = ask(made, {"name": "c", "kind": "cap", "per": per, "most": most})
    columns = ("source", "group") if per == "group" else tuple(per.split("+"))
    counts, expected = {}, []
    for row in better_first(rows, values, "classical-quality", range(size[0])):
        group = tuple(rows[column][row] for column in columns)
        counts[group] = counts.get(group, 0) + 1
        if counts[group] <= most:
            expected.append(row)
        else:
            assert found.value[row] == counts[group]
    assert kept(found) == sorted(expected)
