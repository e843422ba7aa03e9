"""A fail point kills at the visit that is asked for, counted over all processes, and nowhere else."""

import os
import signal
import subprocess
import sys

from ieiw.triplets.storage.failpoints import VARIABLE, reach

CODE = (
    "from ieiw.triplets.storage.failpoints import reach; reach('sweep'); reach('rows-spooled'); reach('rows-spooled')"
)


def run(setting):
    return subprocess.run([sys.executable, "-c", CODE], env=os.environ | {VARIABLE: setting}, check=False).returncode


def test_visits_are_counted_over_processes(tmp_path):
    assert run(f"rows-spooled:3:{tmp_path}") == 0
    assert run(f"rows-spooled:3:{tmp_path}") == -signal.SIGKILL
    assert run(f"rows-spooled:3:{tmp_path}") == 0


def test_nothing_happens_unasked(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    reach("sweep")
    monkeypatch.setenv(VARIABLE, f"rows-spooled:1:{tmp_path}")
    reach("sweep")
    assert list(tmp_path.iterdir()) == []
