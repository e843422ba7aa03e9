"""``ieiw audit`` from outside."""

import json

from tests.support.audited import RULES
from tests.support.builds import ieiw


def test_the_command_writes_the_page_and_its_summary(fresh):
    run = ieiw("audit", fresh.path, "--cut", "strict", "--json")
    assert run.returncode == 0, run.stderr
    summary = json.loads(run.stdout)
    assert summary["balanced"] and summary["planned"] == summary["built"] + summary["rejected"]
    assert summary["page"] == f"{fresh.path}/audit/strict.html"
    assert len(RULES["rules"]) == len(
        json.loads((fresh.path / "audit/strict.json").read_text())["figures"]["books"]["rules"]
    )
