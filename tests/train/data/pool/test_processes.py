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

from ieiw.train.data.augment import Augmentation
from ieiw.train.data.dataset import open_cut
from ieiw.train.data.loader import Loader
from ieiw.train.data.order import SamplingConfig
from ieiw.train.data.pool.pool import SLOTS
from ieiw.train.data.pool.processes import processes_serve
from tests.support.builds import ROOT

pytestmark = pytest.mark.skipif(not processes_serve(), reason="this system has no memfd_create")


def loader_of(wide, workers=2, batch=20):
    return Loader(
        open_cut(wide.store, "all"), SamplingConfig(5, batch, {}), Augmentation(32, flip=0.5), workers=workers
    )


def alike(one, other):
    return (
        np.array_equal(one.rows, other.rows)
        and one.instructions == other.instructions
        and torch.equal(one.source, other.source)
        and torch.equal(one.target, other.target)
    )


def children():
    return {child.pid for child in psutil.Process().children()}


def test_batches_are_those_of_threads_however_many_are_held(wide):
    """More are held than there are slots, so that some must be copies."""
    threads, processes = loader_of(wide, workers=1), loader_of(wide)
    count = SLOTS + 5
    ours, theirs = ([next(loader) for _ in range(count)] for loader in (processes, threads))
    processes.close()
    assert all(alike(one, other) for one, other in zip(ours, theirs, strict=True)), "also after the loader is closed"
    assert len({batch.source.data_ptr() for batch in ours}) == count
    threads.close()


def test_going_back_discards_what_was_in_the_making(wide):
    loader = loader_of(wide)
    state = loader.state_dict()
    first = [next(loader) for _ in range(3)]
    loader.load_state_dict(state)
    assert all(alike(one, next(loader)) for one in first)
    loader.close()


def test_no_process_stays(wide):
    before = children()
    loader = loader_of(wide)
    next(loader)
    assert len(children() - before) == 2
    loader.close()
    assert children() == before
    loader.close()


def test_a_killed_process_is_told(wide):
    before = children()
    loader = loader_of(wide)
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
from ieiw.train.data.augment import Augmentation
from ieiw.train.data.loader import Loader
from ieiw.train.data.dataset import open_cut
from ieiw.train.data.order import SamplingConfig
from ieiw.triplets.storage.store import open_store
loader = Loader(open_cut(open_store(sys.argv[1]), "all"), SamplingConfig(5, 4, {}), Augmentation(32), workers=2)
next(loader)
print(*(child.pid for child in psutil.Process().children()), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_they_end_with_the_loader_that_is_killed(wide):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(wide.path)], cwd=ROOT, capture_output=True, text=True, check=False
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
