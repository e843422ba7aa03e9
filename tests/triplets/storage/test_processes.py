"""A process is known by its number and when it began."""

import os
import subprocess
import sys
import time

import psutil

from ieiw.triplets.storage.processes import is_alive, started


def test_a_process_is_alive_until_it_ends_even_where_nobody_waits_for_it():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    began = started(process.pid)
    assert is_alive(process.pid) and is_alive(process.pid, began)
    assert not is_alive(process.pid, began - 1000)  # a later one of the same number
    process.kill()
    until = time.monotonic() + 30
    while is_alive(process.pid) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_alive(process.pid, began)  # dead, though not waited for
    process.wait()
    assert not is_alive(process.pid)


def test_numbers_that_no_process_has_are_not_alive():
    assert not is_alive(-1)
    assert not is_alive(2**70)


def test_the_wall_clock_may_be_set_while_a_process_runs(monkeypatch):
    began = started()
    created, booted = psutil.Process.create_time, psutil.boot_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: created(self) + 3600)
    monkeypatch.setattr(psutil, "boot_time", lambda: booted() + 3600)
    assert is_alive(os.getpid(), began)
