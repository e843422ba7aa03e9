"""A weighted sum of scores, against the same sum row by row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ieiw.filters.rule_set import RuleSet
from tests.support.frames import SIZES, ask, frame, kept, value_of


@settings(max_examples=40, deadline=None)
@given(SIZES, st.sampled_from(["source", "target"]), st.floats(-2, 2), st.floats(-1, 2))
def test_rows_below_the_bound_go_and_rows_without_a_part_too(size, of, weight, least):
    made = frame(*size)
    rule = {"name": "w", "kind": "weighted", "weights": {"sharpness": weight, "seam": 0.5}, "of": of, "min": least}
    found = ask(made, rule)
    sums = []
    for row in range(size[0]):
        sharp, seam = (
            np.float32(value_of(*made[1:], *of_what, row)) for of_what in (("sharpness", of), ("seam", "pair"))
        )
        sums.append(np.float32(weight * sharp + 0.5 * seam))
    assert kept(found) == [row for row, value in enumerate(sums) if value >= np.float32(least)]
    assert found.funnel[0].undefined == int(np.isnan(sums).sum())


def rules(**fields):
    return RuleSet.model_validate({"rules": [{"name": "w", "kind": "weighted", "min": 0, **fields}]}).rules[0]


def test_its_words():
    words = rules(weights={"sharpness": 2, "noise": -0.5}).words()
    assert words == "2 × sharpness + -0.5 × noise of the target: at least 0"


@pytest.mark.parametrize("weights", [{}, {"beauty": 1}, {"phash": 1}, {"noise": float("nan")}])
def test_wrong_weights_are_refused(weights):
    with pytest.raises(ValidationError):
        rules(weights=weights)
