"""Edits are shown of pictures that the training never saw."""

from ieiw.apps.edit_samples import validation_rows
from ieiw.filters.rule_set import RuleSet
from ieiw.pipelines.cut.run import cut
from ieiw.triplets.layout.tables import read_table


def test_rows_are_of_the_validation_side_and_differ_in_task_and_picture(tiny):
    rules = RuleSet.model_validate({"rules": [], "split": {"validation": 0.5}})
    state = cut(tiny.store.location, "half", rules)
    sides = {}
    for file in state.files:
        if "/kept-" in file.name:
            with tiny.store.open(file.name) as table:
                sides |= {row["key"]: row["side"] for row in read_table(table, ["key", "side"]).to_pylist()}
    chosen = validation_rows(tiny.store, "half", 3)
    assert len(chosen) == 3
    assert {sides[row["key"]] for row in chosen} == {"validation"}
    assert len({row["task"] for row in chosen}) == len({row["group"] for row in chosen}) == 3
    assert chosen == validation_rows(tiny.store, "half", 3)
    everything = validation_rows(tiny.store, "half", 10**6)
    assert len(everything) == state.validation
