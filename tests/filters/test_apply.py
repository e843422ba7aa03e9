"""Rules in their order, each about the rows that are still there."""

import numpy as np
import pytest

from ieiw.filters.apply import KEPT, check_names
from ieiw.filters.rule_set import RuleSet
from ieiw.triplets.errors import UsageError
from tests.support.frames import ask, frame, kept


def test_the_first_rule_that_refuses_a_row_drops_it():
    made = frame(80)
    rules = [{"name": name, "kind": "threshold", "score": "noise", "min": 0.5} for name in ("one", "two")]
    found = ask(made, *rules)
    assert found.funnel[1].dropped == 0
    assert (found.rule == 1).sum() == 0
    assert found.funnel[0].left == found.funnel[1].left == len(kept(found))


def test_rules_of_some_tasks_leave_others_alone():
    made = frame(200)
    rule = {
        "name": "t",
        "kind": "threshold",
        "score": "seam",
        "of": "pair",
        "max": -1,
        "tasks": ["dots"],
        "sources": ["a"],
    }
    found = ask(made, rule)
    touched = [row for row in range(200) if (made[1]["task"][row], made[1]["source"][row]) == ("dots", "a")]
    assert np.flatnonzero(found.rule != KEPT).tolist() == touched


def test_misspelt_tasks_and_sources_are_told():
    made = frame(20)
    rule = {"name": "t", "kind": "threshold", "score": "noise", "max": 1, "tasks": ["removals"]}
    with pytest.raises(UsageError, match=r"rule t, tasks: the build has no task 'removals'. It has: addition"):
        check_names(made[0], RuleSet.model_validate({"rules": [rule]}))
    check_names(made[0], RuleSet.model_validate({"rules": [rule | {"tasks": ["dots"], "sources": ["b"]}]}))
