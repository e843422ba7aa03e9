"""Books against counting row by row."""

from collections import Counter
from dataclasses import replace

import pytest

from ieiw.pipelines.audit.accounting import MOST_GROUPS, Group, books, groups_of, largest, worst_units
from ieiw.pipelines.audit.load import KEPT
from tests.support.audited import losses_by_files


def test_the_books_balance_and_name_every_rule(ledger, audited):
    found = books(ledger)
    assert all(check.holds for check in found.checks) and len(found.checks) == 5
    losses = Counter(reason for reason, _ in losses_by_files(audited).values())
    assert {rule.name: rule.dropped for rule in found.rules if rule.dropped} | found.reasons == losses
    assert found.planned == found.built + found.rejected == found.kept + found.dropped + found.rejected
    assert [rule.asked - rule.dropped for rule in found.rules] == [rule.left for rule in found.rules]
    assert found.rules[0].asked == found.built and found.rules[-1].left == found.kept


def test_a_wrong_count_is_an_equation_that_does_not_hold(ledger):
    funnel = (ledger.cut.funnel[0].model_copy(update={"dropped": 99}), *ledger.cut.funnel[1:])
    found = books(replace(ledger, cut=ledger.cut.model_copy(update={"funnel": funnel})))
    assert [check.text for check in found.checks if not check.holds] == [
        "what each rule dropped, counted by row, is what cut.json says"
    ]


def test_without_a_cut_all_is_kept(whole):
    found = books(whole)
    assert (found.kept, found.dropped, found.rules) == (found.built, 0, ())
    assert len(found.checks) == 2


@pytest.mark.parametrize("column", ["source", "task", "unit"])
def test_groups_by_row(ledger, column):
    names, rejected = ledger.frame.table[column].to_pylist(), ledger.rejects[column].to_pylist()
    groups = groups_of(ledger, column)
    assert {group.name for group in groups} == {*names, *rejected}
    for group in groups:
        verdicts = [rule for name, rule in zip(names, ledger.rule.tolist(), strict=True) if name == group.name]
        assert (group.kept, group.dropped) == (verdicts.count(KEPT), len(verdicts) - verdicts.count(KEPT))
        assert group.rejected == rejected.count(group.name)
        assert group.planned == group.kept + group.dropped + group.rejected
        reasons = Counter(ledger.rules[rule].name for rule in verdicts if rule != KEPT)
        dead = zip(rejected, ledger.rejects["reason"].to_pylist(), strict=True)
        reasons.update(reason for name, reason in dead if name == group.name)
        assert reasons[group.main_loss] == max(reasons.values(), default=0)


def test_units_are_named_as_their_files_and_the_worst_come_first(ledger):
    units = worst_units(ledger, groups_of(ledger, "unit"))
    assert {unit.name for unit in units} <= {f"{ref.source}-{ref.unit}" for ref in ledger.state.refs()}
    assert [unit.lost for unit in units] == sorted((unit.lost for unit in units), reverse=True)


def test_the_smallest_of_many_groups_are_summed_up():
    groups = [Group(f"g{number}", 100 + number, 1, 2, 97 + number) for number in range(MOST_GROUPS + 5)]
    shown = largest(groups)
    assert len(shown) == MOST_GROUPS and shown[0].name == f"g{MOST_GROUPS + 4}" and shown[-1].name == "6 others"
    assert sum(group.planned for group in shown) == sum(group.planned for group in groups)
    assert len(largest(groups[:MOST_GROUPS])) == MOST_GROUPS
