"""Sweeps against making the cut again with the bound moved."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from ieiw.filters.apply import KEPT, apply_rules
from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.audit.sweeps import margins, sweeps
from ieiw.triplets.layout.cut_state import FunnelStep
from tests.support.audited import RULES


def test_no_shift_is_the_cut_as_it_is(ledger):
    for swept in sweeps(ledger):
        number = [rule.name for rule in ledger.rules].index(swept.rule)
        at = swept.result.shifts.index(0.0)
        asked = ledger.reaching(number)
        assert swept.result.passing[at] == (asked & (ledger.rule != number)).sum()
        assert swept.result.kept[at] <= swept.result.passing[at]


def test_which_bounds_are_swept_and_which_exactly(ledger):
    found = {(swept.rule, swept.side): (swept.score, swept.exact, swept.bound) for swept in sweeps(ledger)}
    assert found["no-hole", "most"] == ("seam", False, 50)  # the cap after it depends on what is left
    assert found["soft-target", "least"][2] is None  # tasks have their own
    assert {rule for rule, _ in found} == {rule["name"] for rule in RULES["rules"] if rule["kind"] != "cap"}


@pytest.mark.parametrize("name", ["dull-source", "large-gap"])
def test_a_shift_keeps_what_a_cut_with_that_bound_keeps(ledger, name):
    """With rules whose verdicts depend on no other row; among rows that the rules before it left."""
    rules = [rule for rule in RULES["rules"] if rule["kind"] != "cap" and "drop_lowest" not in rule]

    verdicts = apply_rules(ledger.frame, RuleSet.model_validate({"rules": rules}))

    funnel = tuple(FunnelStep.model_validate(asdict(step)) for step in verdicts.funnel)
    ours = replace(
        ledger,
        rules=RuleSet.model_validate({"rules": rules}).rules,
        rule=verdicts.rule,
        value=verdicts.value,
        cut=ledger.cut.model_copy(update={"funnel": funnel}),
    )
    (swept,) = [each for each in sweeps(ours) if each.rule == name]
    assert swept.exact
    for at in range(0, len(swept.result.shifts), 9):
        shift = np.float64(swept.result.shifts[at])
        moved = [dict(rule) for rule in rules]
        (rule,) = [each for each in moved if each["name"] == name]
        rule |= {"min": rule["min"] - shift} if swept.side == "least" else {"max": rule["max"] + shift}
        again = apply_rules(ledger.frame, RuleSet.model_validate({"rules": moved}))
        assert abs(swept.result.kept[at] - (again.rule == KEPT).sum()) <= 1  # a row on the moved bound, in float32


def test_a_rule_without_a_bound_has_no_margins(ledger, whole):
    assert margins(ledger, len(ledger.rules) - 1) == {}
    assert sweeps(whole) == ()
