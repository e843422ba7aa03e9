"""Figures of a page against the rows."""

import numpy as np

from ieiw.pipelines.audit.figures import figures


def test_every_score_has_a_histogram_of_all_rows_and_the_bounds_on_it(ledger):
    found = figures(ledger, None)
    assert [each.score for each in found.distributions] == [info.name for info in ledger.scores]
    for each in found.distributions:
        for role, histogram in each.histograms.items():
            total = sum(histogram.counts) + histogram.below + histogram.above + histogram.undefined
            assert total == len(ledger.frame)
            values = ledger.frame.score(each.score, role)
            assert histogram.undefined == np.isnan(values).sum() == each.summaries[role].undefined
    marks = {each.score: each.marks for each in found.distributions}
    assert [(mark.rule, mark.group, mark.most) for mark in marks["seam"]["pair"]] == [("no-hole", "all", 50)]
    assert [(mark.rule, mark.most) for mark in marks["contrast"]["gap"]] == [("large-gap", 0.02)]
    assert {mark.group for mark in marks["sharpness"]["target"]} == set(ledger.frame.names("task"))
    assert marks["noise"] == {"source": (), "target": (), "gap": ()}


def test_joints_are_of_composites_and_of_what_a_rule_bounds(ledger, whole):
    assert set(figures(ledger, None).joints) == {"classical-quality", "sharpness", "colourfulness", "contrast"}
    assert set(figures(whole, None).joints) == {"classical-quality"}


def test_a_build_has_not_drifted_from_itself(ledger, whole):
    found = figures(ledger, whole)
    assert found.drift_missing == ()
    assert {(each.score, each.role) for each in found.drift} >= {("noise", "gap"), ("seam", "pair")}
    assert all((each.distance.psi, each.distance.ks) == (0, 0) for each in found.drift)
    assert figures(ledger, None).drift == ()
