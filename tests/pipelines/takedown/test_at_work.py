"""A take-down and whoever adds to the build refuse each other, and a process that was killed is in nobody's way."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from ieiw.apps.commands.audit import audit
from ieiw.pipelines.cut.run import cut
from ieiw.pipelines.embed.run import embed
from ieiw.pipelines.engine.lock import BESIDE, FILE, alone, beside
from ieiw.pipelines.engine.run import RunOptions
from ieiw.pipelines.scoring.run import score
from ieiw.pipelines.takedown.run import Asked, resume, take_down
from ieiw.triplets.errors import UsageError
from tests.support.builds import ROOT, index
from tests.support.scored import ALL
from tests.support.taken import everything

HOLD = (
    "import sys; from ieiw.pipelines.engine.lock import alone, beside; from ieiw.triplets.storage.store import open_store\n"
    "with globals()[sys.argv[1]](open_store(sys.argv[2]), sys.argv[3]): print('held', flush=True); sys.stdin.read()"
)
VERBS = {
    "audit": lambda place: audit(place, out="", cut="all", each=1, inline=0),
    "score": lambda place: score(place, ["contrast"]),
    "embed": lambda place: embed(place, "descriptor", {}, RunOptions(workers=1)),
    "cut": lambda place: cut(place, "new", ALL),
}


@pytest.fixture
def tiny(tiny):
    """With something left to do for each."""
    for name in ("scores/contrast", "embeddings/descriptor"):
        shutil.rmtree(tiny.path / name)
    return tiny


@pytest.fixture
def wish(tiny):
    return Asked(sha256=(index(tiny.path, "rows")[7]["source_sha256"],))


@pytest.fixture
def held(tiny):
    """Another process that holds a lock."""
    started = []

    def hold(how, verb):
        command = [sys.executable, "-c", HOLD, how, tiny.store.location, verb]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT))
        assert started[0].stdout.readline() == b"held\n"
        return started[0]

    yield hold
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_is_added_during_a_take_down(tiny, held, verb):
    other, before = held("alone", "take-down"), everything(tiny.path)
    with pytest.raises(UsageError, match=f"take-down is at work .process {other.pid} on") as caught:
        VERBS[verb](tiny.store.location)
    assert caught.value.step is None
    assert everything(tiny.path) == before and tiny.store.sizes(BESIDE) == {}
    other.send_signal(signal.SIGKILL)
    other.wait()
    VERBS[verb](tiny.store.location)
    assert everything(tiny.path) != before and tiny.store.sizes(BESIDE) == {}


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_is_taken_down_while_something_is_added(tiny, wish, held, verb):
    other, before = held("beside", verb), everything(tiny.path)
    for act in (
        lambda over: take_down(tiny.store.location, wish, take_over=over),
        lambda _: resume(tiny.store.location),
    ):
        for over in (False, True):
            with pytest.raises(UsageError, match=f"{verb} is at work .process {other.pid} on"):
                act(over)
    assert everything(tiny.path) == before
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert len(tiny.store.sizes(BESIDE)) == 1
    assert take_down(tiny.store.location, wish).state == "done"
    assert tiny.store.sizes(BESIDE) == {} and not tiny.store.exists(FILE)


def test_any_number_add_at_once(tiny, held):
    held("beside", "score")
    for verb in VERBS.values():
        verb(tiny.store.location)
    assert len(tiny.store.sizes(BESIDE)) == 1


def test_what_is_added_is_of_the_build_that_the_take_down_left(tiny, wish, monkeypatch):
    """A take-down that runs between the first look at the build and the lock: what is read before it does not count."""
    from ieiw.pipelines.cut import run

    def late(store, verb):
        take_down(tiny.store.location, wish)
        return beside(store, verb)

    monkeypatch.setattr(run, "beside", late)
    made = cut(tiny.store.location, "new", ALL)
    assert made.candidates == len(index(tiny.path, "rows"))
    assert list(made.index_sha256) == [part["sha256"] for part in _parts(tiny)]


def _parts(tiny):
    state = json.loads((tiny.path / "build.json").read_text())
    return [part for part in state["index"] if part["name"].startswith("index/rows")]


def test_two_threads_of_one_process_count_as_two(tiny):
    problem = f"cut is at work .process {os.getpid()} on"
    with beside(tiny.store, "cut"), pytest.raises(UsageError, match=problem), alone(tiny.store, "take-down"):
        pass
    assert not tiny.store.exists(FILE) and tiny.store.sizes(BESIDE) == {}
