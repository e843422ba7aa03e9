"""Processes leave with whoever started them, from their first instant on."""

import subprocess
import sys
import time

import pytest

from ieiw.pipelines.engine.parent import PARENT
from tests.support.builds import ROOT

NOBODY = "2000000000"


@pytest.mark.parametrize(("parent", "status"), [(NOBODY, 70), ("0", 0), ("", 0)])
def test_a_process_leaves_when_its_parent_is_gone_and_stays_where_there_is_none(parent, status):
    code = "import time; from ieiw.pipelines.engine.parent import leave_with_parent; leave_with_parent(); time.sleep(1)"
    environment = {PARENT: parent} if parent else {}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False, timeout=60)
    assert done.returncode == status


def test_a_module_that_takes_long_to_start_is_left_before_it_has_started(tmp_path):
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(60)\n")
    command = [sys.executable, "-m", "ieiw.pipelines.engine.parent", "-m", "slow"]
    began = time.monotonic()
    environment = {PARENT: NOBODY, "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    assert subprocess.run(command, env=environment, check=False, timeout=50).returncode == 70
    assert time.monotonic() - began < 30


def test_a_module_runs_as_if_it_had_been_called_itself(tmp_path):
    (tmp_path / "tell.py").write_text("import sys\nprint(__name__, sys.argv[1:])\n")
    command = [sys.executable, "-m", "ieiw.pipelines.engine.parent", "-m", "tell", "a", "b"]
    done = subprocess.run(
        command, env={"PYTHONPATH": f"{ROOT}:{tmp_path}"}, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "__main__ ['a', 'b']\n"
