"""``ieiw lint`` from outside."""

import json

from tests.support.builds import index
from tests.support.damage import flip


def test_what_lint_finds_is_status_1(ieiw, tiny):
    assert ieiw("lint", tiny.path, "--workers", 1)[0] == 0
    row = index(tiny.path, "rows")[0]
    flip(tiny.path / row["shard"], row["target_offset"])
    status, _, err = ieiw("lint", tiny.path, "--workers", 1)
    assert status == 1
    assert row["shard"] in err
    status, out, _ = ieiw("lint", tiny.path, "--workers", 1, "--json")
    assert status == 1
    assert json.loads(out)["ok"] is False
