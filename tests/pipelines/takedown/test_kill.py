"""Killed at any instant, a take-down goes on and comes to the very files of one that nobody disturbed."""

import os
import random
import signal
import subprocess
import sys

import pytest

from ieiw.pipelines.audit.run import audit
from ieiw.pipelines.cut.run import cut
from ieiw.pipelines.lint.run import lint
from ieiw.pipelines.takedown.run import Asked, resume, take_down
from ieiw.train.data.dataset import open_cut
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import require_state
from ieiw.triplets.storage.store import FolderStore
from tests.support.builds import ROOT, index
from tests.support.scored import ALL, copied
from tests.support.taken import everything

POINTS = [
    "takedown-planned",
    "takedown-staged",
    "takedown-begun",
    "takedown-plan",
    "takedown-unit",
    "takedown-score",
    "takedown-cut",
    "takedown-complete",
]


class Killed(BaseException):
    """Stands for SIGKILL: no handler of the code may take it for an error."""


def kill_before(monkeypatch, count):
    """Let the ``count``-th change of a file, from now on, and every later one, be the moment of death."""
    left = [count]

    def dying(method):
        def call(self, *arguments):
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return method(self, *arguments)

        return call

    for name in ("publish", "delete", "create"):
        monkeypatch.setattr(FolderStore, name, dying(getattr(FolderStore, name)))


@pytest.fixture(scope="module")
def wish(whole):
    row = index(whole.path, "rows")[7]
    return Asked(sha256=(row["source_sha256"],), record=(index(whole.path, "rejects")[0]["record"],))


@pytest.fixture(scope="module")
def undisturbed(whole, wish, tmp_path_factory):
    other = copied(whole, tmp_path_factory.mktemp("undisturbed") / "build")
    take_down(other.store.location, wish)
    return everything(other.path)


def run_killed(tiny, wish, count):
    """Whether it got to its end before it was killed at the ``count``-th change."""
    with pytest.MonkeyPatch.context() as patch:
        kill_before(patch, count)
        try:
            take_down(tiny.store.location, wish)
        except Killed:
            (tiny.path / "lock.json").unlink(missing_ok=True)
            return False
    return True


def check_same(tiny, undisturbed):
    found = everything(tiny.path)
    assert sorted(found) == sorted(undisturbed)
    assert [name for name, data in found.items() if undisturbed[name] != data] == []


@pytest.mark.parametrize("seed", range(3))
def test_killed_again_and_again(tiny, wish, undisturbed, seed):
    dice, kills = random.Random(seed), 0
    while not run_killed(tiny, wish, dice.randint(1, 40)):
        kills += 1
        assert kills < 60, "it makes no headway"
    assert kills > 2
    take_down(tiny.store.location, wish)
    check_same(tiny, undisturbed)


@pytest.mark.parametrize("point", POINTS)
def test_killed_for_good_at_a_point_of_the_code(tiny, wish, undisturbed, tmp_path, point):
    program = (
        "import sys; from ieiw.pipelines.takedown.run import Asked, take_down\n"
        "take_down(sys.argv[1], Asked(sha256=(sys.argv[2],), record=(sys.argv[3],)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tiny.store.location, *wish.sha256, *wish.record],
        env=os.environ | {"IEIW_FAIL_POINT": f"{point}:1:{tmp_path / 'visits'}"},
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    if point not in ("takedown-planned", "takedown-staged", "takedown-complete"):
        check_nobody_reads(tiny)
    if point == "takedown-unit":
        assert len(resume(tiny.store.location)) == 1
    take_down(tiny.store.location, wish)
    check_same(tiny, undisturbed)
    assert resume(tiny.store.location) == []


def check_nobody_reads(tiny):
    """A build of which half is gone is refused, with the step that helps; lint says so too."""
    assert require_state(tiny.store).state == "taking_down"
    for reader in (lambda: cut(tiny.store.location, "new", ALL), lambda: audit(tiny.store.location, "strict")):
        with pytest.raises(UsageError, match="a take-down was stopped") as caught:
            reader()
        assert caught.value.step == Step("takedown", tiny.store.location, {"resume": True})
    assert any("take-down" in finding.detail for finding in lint(tiny.store.location).findings)


def test_a_build_goes_on_only_after_the_take_down(tiny, wish, monkeypatch):
    from ieiw.pipelines.planning.prepare import prepare
    from ieiw.pipelines.recipe.components import Components

    assert not run_killed(tiny, wish, 12)
    assert require_state(tiny.store).state == "taking_down"
    with pytest.raises(UsageError, match="a take-down was stopped"):
        prepare(tiny.store, Components(tiny.state.recipe), found={})


def test_training_reads_the_cut_that_is_left(tiny, wish):
    before = len(open_cut(tiny.store, "copies").samples)
    take_down(tiny.store.location, wish)
    assert 0 < len(open_cut(tiny.store, "copies").samples) <= before
    assert len(open_cut(tiny.store, "all").samples) > 0
