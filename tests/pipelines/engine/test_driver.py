"""A driver whose workers die: it ends, says at which unit, and takes the others along. Without Beam, but with processes."""

import json
import subprocess
import sys

import pytest

from ieiw.pipelines.engine.driver import WORKER_GONE, Job
from ieiw.pipelines.engine.stage import address
from ieiw.triplets.storage.processes import is_alive
from ieiw.triplets.storage.store import open_store
from tests.pipelines.engine.test_supervisor import NOBODY, UNITS, note
from tests.support import toy_stage
from tests.support.builds import ROOT
from tests.support.command_line import python

WORKERS = 8
PROGRAM = """
import subprocess, sys, threading, time
from functools import partial
from pathlib import Path
import psutil
from ieiw.pipelines.engine.driver import _leave_with_worker

kill, write_text = psutil.Process.kill, Path.write_text

def slowly(process):
    kill(process)
    time.sleep(0.03)

def write_slowly(path, text, **how):
    with path.open("w") as file:
        time.sleep(0.3)
        file.write(text)

psutil.Process.kill, Path.write_text = slowly, write_slowly
folder = Path(sys.argv[1])
threading.excepthook = partial(_leave_with_worker, folder / "running", folder / "report.json")
workers = [subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) for _ in range(int(sys.argv[2]))]
(folder / "pids").write_text(" ".join(str(worker.pid) for worker in workers))

def wait(worker):
    if worker.wait():
        raise RuntimeError("Worker subprocess exited")

for worker in workers:
    threading.Thread(name="run_worker", target=wait, args=(worker,)).start()
workers[0].kill()
time.sleep(float(sys.argv[3]))
import os
os._exit(0)
"""

ALONE = """
import sys
from pathlib import Path
from ieiw.pipelines.engine.driver import main
status = main(Path(sys.argv[1]))
print("apache_beam" in sys.modules)
sys.exit(status)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "running").mkdir()
    return tmp_path


def drive(folder, seconds):
    command = [sys.executable, "-c", PROGRAM, str(folder), str(WORKERS), str(seconds)]
    return subprocess.run(command, cwd=ROOT, stderr=subprocess.DEVNULL, check=False, timeout=50).returncode


def test_the_first_death_is_told_whole_though_all_workers_go(folder):
    note(folder / "running", NOBODY, UNITS[1])
    assert drive(folder, 40) == WORKER_GONE
    assert json.loads((folder / "report.json").read_text()) == {"died": ["pc/abcdef/0/1"]}
    pids = [int(pid) for pid in (folder / "pids").read_text().split()]
    assert len(pids) == WORKERS
    assert not any(is_alive(pid) for pid in pids)


def test_a_failing_pipeline_is_left_to_tell_its_error(folder):
    note(folder / "running", NOBODY, UNITS[1], ".failed")
    assert drive(folder, 1.0) == 0
    assert not (folder / "report.json").exists()
    for pid in (folder / "pids").read_text().split()[1:]:
        subprocess.run(["kill", "-9", pid], check=True)


def test_one_process_does_its_units_without_beam_which_takes_seconds_to_load(folder):
    stage, store = toy_stage.Toy(), open_store(folder / "out")
    job = Job(
        location=store.location,
        stage=address(stage),
        options=stage.model_dump_json(),
        refs=[ref.encoded() for ref in toy_stage.UNITS],
        running=str(folder / "running"),
        beam_args=[],
    )
    (folder / "job.json").write_text(job.model_dump_json())
    done, _ = python(ALONE, str(folder / "job.json"))
    assert (done.returncode, done.stdout) == (0, "False\n"), done.stderr
    assert len(store.sizes("toys")) == len(toy_stage.UNITS)
