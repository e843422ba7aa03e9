"""Decoding processes: the same batches as threads give, no process left behind, deaths told."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest
import torch

from ieiw.train.data.augment import Changes
from ieiw.train.data.dataset import open_cut
from ieiw.train.data.loader import Loader
from ieiw.train.data.order import Plan
from ieiw.train.data.pool.processes import SLOTS, processes_serve
from ieiw.train.data.pool.shared_memory import Arena, Layout
from ieiw.triplets.layout.cut_state import SAMPLE
from tests.support.builds import ROOT
from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build

pytestmark = pytest.mark.skipif(not processes_serve(), reason="this system has no memfd_create")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    made = tiny_build(tmp_path_factory.mktemp("build"), Wanted(pictures=12, format="png", size=(48, 40)))
    write_cut(made)
    return made


def loader_of(tiny, workers=2, batch=20):
    return Loader(open_cut(tiny.store, "all"), Plan(5, batch, {}), Changes(32, flip=0.5), workers=workers)


def alike(one, other):
    return (
        np.array_equal(one.rows, other.rows)
        and one.instructions == other.instructions
        and torch.equal(one.source, other.source)
        and torch.equal(one.target, other.target)
    )


def children():
    return {child.pid for child in psutil.Process().children()}


def test_batches_are_those_of_threads_however_many_are_held(tiny):
    """More are held than there are slots, so that some must be copies."""
    threads, processes = loader_of(tiny, workers=1), loader_of(tiny)
    count = SLOTS + 5
    ours, theirs = ([next(loader) for _ in range(count)] for loader in (processes, threads))
    processes.close()
    assert all(alike(one, other) for one, other in zip(ours, theirs, strict=True)), "also after the loader is closed"
    assert len({batch.source.data_ptr() for batch in ours}) == count
    threads.close()


def test_memory_is_used_again(tiny):
    loader = loader_of(tiny)
    places = {next(loader).source.data_ptr() for _ in range(3 * SLOTS)}
    loader.close()
    assert len(places) <= 6, "those in the making, the one handed out and the one before it"


def test_going_back_discards_what_was_in_the_making(tiny):
    loader = loader_of(tiny)
    state = loader.state_dict()
    first = [next(loader) for _ in range(3)]
    loader.load_state_dict(state)
    assert all(alike(one, next(loader)) for one in first)
    loader.close()


def test_no_process_stays(tiny):
    before = children()
    loader = loader_of(tiny)
    next(loader)
    assert len(children() - before) == 2
    loader.close()
    assert children() == before
    loader.close()


def test_a_killed_process_is_told(tiny):
    before = children()
    loader = loader_of(tiny)
    next(loader)
    for pid in children() - before:
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(RuntimeError, match=r"decoding process \d+ ended \(exit -9\)"):
        for _ in range(10):
            next(loader)
    loader.close()
    assert children() == before


KILLED = """
import os, signal, sys
import psutil
from ieiw.train.data.augment import Changes
from ieiw.train.data.loader import Loader
from ieiw.train.data.dataset import open_cut
from ieiw.train.data.order import Plan
from ieiw.triplets.storage.store import open_store
loader = Loader(open_cut(open_store(sys.argv[1]), "all"), Plan(5, 4, {}), Changes(32), workers=2)
next(loader)
print(*(child.pid for child in psutil.Process().children()), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_they_end_with_the_loader_that_is_killed(tiny):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tiny.path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    workers = [int(pid) for pid in done.stdout.split()]
    assert len(workers) == 2
    until = time.monotonic() + 10
    while any(_runs(pid) for pid in workers):
        assert time.monotonic() < until, "still there"
        time.sleep(0.05)


def _runs(pid):
    """Whether it does; one that is dead and only waits to be asked for its exit code does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_parts_of_slots_lie_apart_whatever_part_of_a_batch_is_asked_for():
    layout = Layout(slots=2, count=5, size=8, place=SAMPLE)
    arena = Arena(layout)
    for number in range(2):
        for start in range(5):  # a task knows the end of its samples, not of the batch
            slot = arena.slot(number, start + 1)
            for value, part in enumerate((slot.source, slot.target, slot.drawn, slot.places["shard"])):
                part[start] = 100 * number + 10 * value + start
    for number in range(2):
        slot = arena.slot(number, 5)
        for value, part in enumerate((slot.source, slot.target, slot.drawn, slot.places["shard"])):
            assert [set(each.ravel().tolist()) for each in part] == [
                {100 * number + 10 * value + at} for at in range(5)
            ]
    arena.close()


def test_a_slot_is_free_when_nothing_of_it_is_held():
    arena = Arena(Layout(slots=2, count=2, size=8, place=SAMPLE))
    assert arena.free() == 0
    held = torch.from_numpy(arena.slot(0, 2).source)[1:]
    assert arena.free() == 1
    other = arena.slot(1, 1)
    assert arena.free() is None
    del held
    assert arena.free() == 0
    del other
    arena.close()
