"""Gaps against the plainest possible re-telling of them."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.frames import SIZES, ask, frame, kept, value_of


@settings(max_examples=40, deadline=None)
@given(SIZES, st.floats(-0.5, 0.5))
def test_gap(size, most):
    made = frame(*size)
    found = ask(made, {"name": "g", "kind": "gap", "score": "contrast", "max": most})
    gaps = [
        np.float32(value_of(*made[1:], "contrast", "source", row))
        - np.float32(value_of(*made[1:], "contrast", "target", row))
        for row in range(size[0])
    ]
    assert kept(found) == [row for row, gap in enumerate(gaps) if gap <= np.float32(most)]
    assert found.funnel[0].undefined == sum(map(math.isnan, gaps))
