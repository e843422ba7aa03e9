"""``ieiw audit`` from outside."""

import json

import pytest

from tests.support.audited import RULES, cut_here, score_here
from tests.support.builds import ieiw
from tests.support.tiny_build import Wanted, tiny_build


@pytest.fixture
def fresh(tmp_path):
    """A scored and cut build to be damaged."""
    tiny = tiny_build(tmp_path / "build", Wanted(pictures=4))
    score_here(tiny, ("sharpness", "seam", "colourfulness", "contrast", "exposure", "noise", "blockiness"))
    cut_here(tiny)
    return tiny


def test_the_command_writes_the_page_and_its_summary(fresh):
    run = ieiw("audit", fresh.path, "--cut", "strict", "--json")
    assert run.returncode == 0, run.stderr
    summary = json.loads(run.stdout)
    assert summary["balanced"] and summary["planned"] == summary["built"] + summary["rejected"]
    assert summary["page"] == f"{fresh.path}/audit/strict.html"
    assert len(RULES["rules"]) == len(
        json.loads((fresh.path / "audit/strict.json").read_text())["figures"]["books"]["rules"]
    )
