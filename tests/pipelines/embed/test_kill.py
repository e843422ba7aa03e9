"""Killed at any instant, embedding goes on and comes to the very files of a run that nobody disturbed."""

import os
import random
import shutil
import signal
import subprocess
import sys

import pytest

from ieiw.pipelines.embed.run import embed
from ieiw.triplets.layout.embeddings import read_elsewhere
from ieiw.triplets.storage.failpoints import VARIABLE
from ieiw.triplets.storage.store import open_store
from tests.pipelines.takedown.test_kill import Killed, kill_before
from tests.support.builds import ROOT, build_serially
from tests.support.taken import everything
from tests.support.tiny_build import Wanted, tiny_build

UNITS = 4
WANTED = Wanted(pictures=3, sources=("shapes", "scenes"))
"""The second source shows the pictures of the first: its units leave them to those."""
PROGRAM = """
import os, sys
from ieiw.pipelines.embed.run import embed
from ieiw.pipelines.engine.run import RunOptions
out, workers, kill = sys.argv[1:]
after = int(kill or 99)
embed(out, "descriptor", {}, RunOptions(int(workers)), lambda progress: progress.done_units >= after and os.kill(os.getpid(), 9))
"""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    tiny = tiny_build(tmp_path_factory.mktemp("fresh") / "build", WANTED)
    assert len(list(tiny.state.refs())) == UNITS
    return tiny.path


@pytest.fixture(scope="module")
def undisturbed(fresh, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed") / "build"
    shutil.copytree(fresh, folder)
    with pytest.MonkeyPatch.context() as patch:
        build_serially(patch)
        embed(str(folder), "descriptor")
    assert read_elsewhere(open_store(folder), "descriptor").num_rows
    return everything(folder)


@pytest.fixture
def build(fresh, tmp_path):
    shutil.copytree(fresh, tmp_path / "build")
    return tmp_path / "build"


def check_same(build, undisturbed):
    found = everything(build)
    assert sorted(found) == sorted(undisturbed)
    assert [name for name, data in found.items() if undisturbed[name] != data] == []


@pytest.mark.parametrize(
    ("victim", "workers", "point"),
    [("worker", 2, "unit-started"), ("driver", 1, "rows-spooled"), ("supervisor", 1, "")],
)
def test_whoever_is_killed_at_random(build, undisturbed, tmp_path, monkeypatch, victim, workers, point):
    when = random.SystemRandom().randint(1, UNITS - 1)
    print(f"{victim}, unit {when}")  # pytest shows it where the test fails
    visit = when + (point == "rows-spooled")  # the lock is created first
    environment = os.environ | ({VARIABLE: f"{point}:{visit}:{tmp_path / 'visits'}"} if point else {})
    command = [sys.executable, "-c", PROGRAM, str(build), str(workers), "" if point else str(when)]
    killed = subprocess.run(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, check=False, timeout=120
    )
    assert killed.returncode == (1 if point else -signal.SIGKILL), killed.stderr
    assert ("WorkerDiedError: " in killed.stderr) == bool(point)
    build_serially(monkeypatch)
    assert embed(str(build), "descriptor").progress.quarantined == 0
    check_same(build, undisturbed)


@pytest.mark.parametrize("seed", range(8))
def test_killed_again_and_again(build, undisturbed, monkeypatch, seed):
    """At a random change of a file, of the first note and of the last one too."""
    build_serially(monkeypatch)
    dice, kills = random.Random(seed), 0
    while not run_killed(build, dice.randint(0, 4)):
        kills += 1
        assert kills < 60, "it makes no headway"
    assert kills
    embed(str(build), "descriptor")
    check_same(build, undisturbed)


def run_killed(build, count):
    """Whether it got to its end before it was killed at the ``count``-th change."""
    with pytest.MonkeyPatch.context() as patch:
        kill_before(patch, count)
        try:
            embed(str(build), "descriptor")
        except Killed:
            (build / "lock.json").unlink(missing_ok=True)
            return False
    return True
