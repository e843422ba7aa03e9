"""Two cuts side by side."""

import pytest

from ieiw.pipelines.cut.compare import compare
from ieiw.pipelines.cut.run import cut
from ieiw.triplets.errors import UsageError
from tests.support.builds import index
from tests.support.scored import ALL, RULES, tables
from tests.support.tiny_build import retry_round


def test_compare_is_set_arithmetic(tiny):
    first, second = cut(tiny.store.location, "a", RULES), cut(tiny.store.location, "b", ALL)
    found = compare(tiny.store, "a", "b")
    assert (found.total.both, found.total.only_a, found.total.only_b) == (first.kept, 0, second.kept - first.kept)
    assert found.dropped_by_a == {step.rule: step.dropped for step in first.funnel}
    assert found.dropped_by_b == {}
    keys = [{each["key"] for each in tables(tiny, name, "kept").to_pylist()} for name in "ab"]
    assert all(set(examples) <= keys[1] - keys[0] for examples in found.examples_b.values())
    for shares in (found.sources, found.tasks):
        assert sum(share.both for share in shares.values()) == first.kept
        assert sum(share.only_b for share in shares.values()) == second.kept - first.kept
    rows = {row["key"]: row for row in index(tiny.path, "rows")}
    assert found.tasks["dots"].both == sum(rows[key]["task"] == "dots" for key in keys[0])


def test_compare_refuses_cuts_of_another_state_of_the_build(tiny):
    cut(tiny.store.location, "a", ALL)
    retry_round(tiny)
    with pytest.raises(UsageError, match="before the build changed"):
        compare(tiny.store, "a", "a")
