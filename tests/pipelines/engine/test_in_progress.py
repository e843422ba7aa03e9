"""Notes of who is at which unit, and workers that leave with their driver."""

import subprocess
import sys

import pytest

from ieiw.pipelines.engine.in_progress import FAILED, PARENT, noted, notes
from tests.support.builds import ROOT
from tests.support.toy_stage import UNITS


def test_a_note_says_who_is_at_which_unit(tmp_path):
    with noted(tmp_path, UNITS[0]):
        assert [ref for _, ref in notes(tmp_path)] == [UNITS[0]]
    assert notes(tmp_path) == []
    with pytest.raises(OSError, match="x"), noted(tmp_path, UNITS[1]):
        raise OSError("x")
    assert notes(tmp_path) == []
    assert [ref for _, ref in notes(tmp_path, FAILED)] == [UNITS[1]]
    with noted(None, UNITS[2]):
        assert notes(tmp_path) == []


@pytest.mark.parametrize(("parent", "status"), [("2000000000", 70), ("0", 0), ("", 0)])
def test_a_worker_leaves_when_its_driver_is_gone_and_stays_where_there_is_none(parent, status):
    code = "import time; from ieiw.pipelines.engine.in_progress import leave_with_parent; leave_with_parent(); time.sleep(1)"
    environment = {PARENT: parent} if parent else {}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False, timeout=60)
    assert done.returncode == status
