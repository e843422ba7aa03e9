"""Each worker process is shown a GPU of its own."""

import os
import subprocess
import sys

import pytest

from ieiw.pipelines.engine import gpus

PROGRAM = """
import sys
from pathlib import Path
from ieiw.pipelines.engine.gpus import claim_gpu
print(claim_gpu(Path(sys.argv[1]), Path(sys.argv[2])), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def machine(tmp_path):
    """A machine of two GPUs, and the folder of the locks."""
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"):
        (tmp_path / "dev").mkdir(exist_ok=True)
        (tmp_path / "dev" / name).touch()
    (tmp_path / "locks").mkdir()
    return tmp_path / "dev", tmp_path / "locks"


def start(machine, **environment):
    kept = {name: value for name, value in os.environ.items() if name != gpus.VISIBLE}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, machine)],
        env=kept | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_processes_hold_two_gpus_and_a_third_shares(machine):
    running = [start(machine) for _ in range(1)]
    seen = [running[0].stdout.readline().strip()]
    running.append(start(machine))
    seen.append(running[1].stdout.readline().strip())
    running.append(start(machine))
    seen.append(running[2].stdout.readline().strip())
    assert seen == ["0", "1", ""]
    running[0].kill()
    running[0].wait()
    again = start(machine)
    assert again.stdout.readline().strip() == "0"
    for each in (*running, again):
        each.kill()
        each.wait()


def test_of_those_that_the_user_shows(machine):
    one = start(machine, **{gpus.VISIBLE: "5,7"})
    assert one.stdout.readline().strip() == "5"
    one.kill()
    one.wait()


@pytest.mark.parametrize("shown", ["3", ""])
def test_one_gpu_is_nobody_s_alone(machine, shown):
    for file in machine[0].glob("nvidia1"):
        file.unlink()
    one = start(machine, **({gpus.VISIBLE: shown} if shown else {}))
    assert one.stdout.readline().strip() == ""
    one.kill()
    one.wait()
