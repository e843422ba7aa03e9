"""Builds in processes of their own that tests stop, wake, kill and wait for."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import psutil


@contextmanager
def started(recipe, out, *flags, log, **environment):
    """A running ``ieiw build``; what it says goes to ``log``. It and all below it are gone when the block ends."""
    command = [sys.executable, "-m", "ieiw.apps.main", "build", str(recipe), "--out", str(out), *flags]
    with log.open("wb") as output:
        build = subprocess.Popen(
            command,
            env=os.environ | environment,
            stdout=output,
            stderr=output,
            preexec_fn=hear_ctrl_c,
        )
    try:
        yield build
    finally:
        if build.poll() is None:
            for process in [*below(build), build]:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            build.wait()


def hear_ctrl_c():
    """What a shell starts in the background inherits that SIGINT is ignored; nobody sits at such a build's keyboard."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def below(process):
    """The living processes that a build has started."""
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def freeze(build):
    """Stop a build and all below it; returns them, to be woken."""
    build = psutil.Process(build.pid)
    build.suspend()
    return [build, *freeze_below(build)]


def freeze_below(process):
    """Stop all that a process has started; returns them."""
    stopped = below(process)
    for each in stopped:
        with suppress(psutil.NoSuchProcess):
            each.suspend()
    return stopped


def wake(processes):
    """Let stopped processes go on."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.resume()


def wait_until(what, seconds=90):
    """Wait for something to become true; returns it."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)
    return found
