"""Killed at any instant, gallery and steps go on and come to the very files of a run that nobody disturbed."""

import os
import random
import shutil
import signal
import subprocess
import sys

import pytest

from ieiw.models.paint.blend import Blend
from ieiw.triplets.storage.failpoints import VARIABLE
from tests.pipelines.takedown.test_kill import Killed, kill_before
from tests.support import fillings
from tests.support.builds import ROOT, build_serially
from tests.support.replaced import UNITS, make_gallery, replace
from tests.support.taken import everything

PAINTED = 6
"""Batches that the painter is given."""
PROGRAM = """
import os, sys
from ieiw.pipelines.build.run import Options, build
from ieiw.triplets.layout.recipe import Recipe
from tests.support.replaced import make_gallery, recipe_values
data, gallery, out, workers, kill = sys.argv[1:]
seen = {}
def report(progress):
    seen[id(progress)] = progress
    if kill and sum(each.done_units for each in seen.values()) >= int(kill):
        os.kill(os.getpid(), 9)
make_gallery(data, gallery, int(workers))
build(Recipe.model_validate(recipe_values(data, gallery)), out, Options(workers=int(workers)), report)
"""


def run(site, folder, workers, kill="", **environment):
    """Gallery and build in processes of their own; those that are there are gone on with."""
    command = [sys.executable, "-c", PROGRAM, site.data, folder / "gallery", folder / "out", workers, kill]
    return subprocess.run(
        [*map(str, command)],
        cwd=ROOT,
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=900,
    )


def check_same(site, folder):
    assert fillings.tree(folder / "gallery") == fillings.tree(site.gallery)
    found, wanted = everything(folder / "out"), everything(site.out)
    for files in (found, wanted):  # where the gallery lies is no part of what is made of it
        files["build.json"] = (
            files["build.json"].replace(str(folder).encode(), b"").replace(str(site.out.parent).encode(), b"")
        )
    assert sorted(found) == sorted(wanted)
    assert [name for name, data in found.items() if wanted[name] != data] == []


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("victim", "workers", "point", "most"),
    [
        ("driver", 1, "unit-started", 6 * UNITS),
        ("driver", 1, "batch-published", 3 * UNITS + PAINTED),
        ("driver", 1, "step-published", 4 * UNITS),
        ("worker", 2, "unit-started", 6 * UNITS),
        ("worker", 2, "batch-published", 3 * UNITS + PAINTED),
        ("worker", 2, "rows-spooled", 6 * UNITS),
        ("supervisor", 1, "", 4 * UNITS),
    ],
)
def test_whoever_is_killed_at_random(site, tmp_path, monkeypatch, victim, workers, point, most):
    when = random.SystemRandom().randint(1, most)
    print(f"{victim}, visit {when}")  # pytest shows it where the test fails
    fault = {VARIABLE: f"{point}:{when}:{tmp_path / 'visits'}"} if point else {}
    killed = run(site, tmp_path, workers, "" if point else str(when), **fault)
    assert killed.returncode == (1 if point else -signal.SIGKILL), killed.stderr
    assert ("WorkerDiedError: " in killed.stderr) == bool(point)
    build_serially(monkeypatch)
    make_gallery(site.data, tmp_path / "gallery")
    assert replace(site.data, tmp_path / "gallery", tmp_path / "out").progress.quarantined == 0
    check_same(site, tmp_path)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("workers", [4])
def test_many_workers_give_the_same_bytes(site, tmp_path, workers):
    done = run(site, tmp_path, workers)
    assert done.returncode == 0, done.stderr
    check_same(site, tmp_path)


@pytest.mark.parametrize("seed", range(4))
def test_killed_again_and_again_it_loses_a_batch_of_painting_at_most(site, tmp_path, monkeypatch, seed):
    """At a random change of a file: of a gallery, a plan, a batch, a step, a shard, a note."""
    build_serially(monkeypatch)
    painted, paint = [], Blend.paint
    monkeypatch.setattr(Blend, "paint", lambda self, *given: painted.append(1) or paint(self, *given))
    dice, kills = random.Random(seed), 0
    while not run_killed(site, tmp_path, dice.randint(0, 18)):
        kills += 1
        assert kills < 60, "it makes no headway"
    assert kills >= 5  # with all seeds and processes, more than twenty
    check_same(site, tmp_path)
    assert PAINTED <= len(painted) <= PAINTED + kills


def run_killed(site, folder, count):
    """Whether it got to its end before it was killed at the ``count``-th change."""
    with pytest.MonkeyPatch.context() as patch:
        kill_before(patch, count)
        try:
            make_gallery(site.data, folder / "gallery")
            replace(site.data, folder / "gallery", folder / "out")
        except Killed:
            for lock in folder.rglob("lock.json"):
                lock.unlink()
            return False
    return True


def test_a_run_with_batches_of_another_size_takes_none_of_the_old_ones(site, tmp_path, monkeypatch):
    build_serially(monkeypatch)
    shutil.copytree(site.gallery, tmp_path / "gallery")
    with monkeypatch.context() as patch:
        patch.setattr(Blend, "batch", 4)
        patch.setattr("ieiw.pipelines.replacement.worker.reach", die_with_a_painting(tmp_path))
        assert not run_killed(site, tmp_path, 999)
    assert [file.name for file in (tmp_path / "out").rglob("work/*")] == ["000000-0-1.parquet"]
    replace(site.data, tmp_path / "gallery", tmp_path / "out")
    check_same(site, tmp_path)


def die_with_a_painting(folder):
    def reach(point):
        if list(folder.rglob("paint-*/work/*")):
            raise Killed

    return reach
