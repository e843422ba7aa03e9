"""An index is filled to the same bytes by any number of processes, whoever is killed meanwhile."""

import os
import random
import signal
import subprocess
import sys

import pytest

from ieiw.models.gallery import building
from ieiw.models.gallery.choice import choose
from ieiw.triplets.layout.gallery import open_gallery
from ieiw.triplets.storage.failpoints import VARIABLE
from tests.support.builds import ROOT, build_serially
from tests.support.filled import PARTS, PROGRAM, VECTORS, make, small
from tests.support.fillings import tree


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        build_serially(patch)
        small(patch)
        note = make(folder).note
    assert len(note.parts) == PARTS and note.index.string.startswith("IVF")
    return folder


def run(place, workers, kill=99, **environment):
    command = [sys.executable, "-c", PROGRAM, str(place), str(workers), str(kill)]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, stderr=subprocess.PIPE, text=True, check=False, timeout=120
    )


def test_it_is_the_index_that_is_filled_in_one_go(undisturbed, tmp_path, monkeypatch):
    small(monkeypatch)
    cells = choose(len(VECTORS))
    building.train(cells, building.sample([VECTORS], len(VECTORS), cells.sample), tmp_path / "trained")
    building.fill(tmp_path / "trained", [VECTORS], tmp_path / "whole")
    assert open_gallery(str(undisturbed)).index_file.read_bytes() == (tmp_path / "whole").read_bytes()


@pytest.mark.parametrize("workers", [1, 2])
def test_any_number_of_processes_gives_the_same_bytes(undisturbed, tmp_path, workers):
    done = run(tmp_path, workers)
    assert done.returncode == 0, done.stderr
    assert tree(tmp_path) == tree(undisturbed)
    assert [file.name.partition("-")[0] for file in (tmp_path / "logs").glob("*.log")] == ["gallery"]
    open_gallery(str(tmp_path)).check_files()


@pytest.mark.parametrize(
    ("victim", "workers", "point"),
    [
        ("worker", 2, "unit-started"),
        ("worker", 2, "rows-spooled"),
        ("driver", 1, "unit-started"),
        ("driver", 1, "rows-spooled"),
        ("supervisor", 1, ""),
    ],
)
def test_whoever_is_killed_at_random(undisturbed, tmp_path, monkeypatch, victim, workers, point):
    when = random.SystemRandom().randint(1, PARTS)
    print(f"{victim}, part {when}")  # pytest shows it where the test fails
    visit = when + (point == "rows-spooled")  # the lock is created first
    environment = {VARIABLE: f"{point}:{visit}:{tmp_path / 'visits'}"} if point else {}
    killed = run(tmp_path / "g", workers, 99 if point else when, **environment)
    assert killed.returncode == (1 if point else -signal.SIGKILL), killed.stderr
    assert ("WorkerDiedError: " in killed.stderr) == bool(point)
    build_serially(monkeypatch)
    small(monkeypatch)
    make(tmp_path / "g")
    assert tree(tmp_path / "g") == tree(undisturbed)
