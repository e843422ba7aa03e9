"""One ``ieiw build`` and the processes below it, to be killed, frozen and woken by :mod:`bench.kill`."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

TICK_S = 0.005
HANGS_S = 240.0
GONE_S = 30.0
"""How long orphans may take to leave by themselves."""


class Wrong(Exception):
    """A promise of the build was broken; the message says which."""


@dataclass(frozen=True)
class Flags:
    """How one build is started. ``fault`` is the value of ``IEIW_FAIL_POINT``, or empty."""

    workers: int
    take_over: bool = False
    fault: str = ""


class Build:
    """A running ``ieiw build``. What it says goes to ``log``."""

    def __init__(self, recipe: Path, out: Path, flags: Flags, log: Path) -> None:
        command = [sys.executable, "-m", "ieiw.apps.main", "build", str(recipe), "--out", str(out)]
        command += ["--workers", str(flags.workers)] + ["--take-over"] * flags.take_over
        environment = os.environ | ({"IEIW_FAIL_POINT": flags.fault} if flags.fault else {})
        self._log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)

    def said(self) -> str:
        """All that the command has printed."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def refused(self) -> bool:
        """Whether it ended at once because another driver holds the lock."""
        return self.process.poll() == 2 and "build is at work (process" in self.said()

    def family(self, role: str) -> list[psutil.Process]:
        """Living processes below the command: the ``driver``, the ``worker`` processes, or ``all`` of them."""
        found = []
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.process.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    if role == "all" or role == _role(child):
                        found.append(child)
        return found

    def end(self, limit: float = HANGS_S) -> int:
        """Wait for the command.

        Raises:
            Wrong: it does not end.
        """
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            raise Wrong(f"the build hangs for {limit:.0f} s:\n{self.said()[-2000:]}") from None

    def clear(self) -> None:
        """Leave nothing running, whatever happened."""
        _each([*self.family("all")], "kill")
        self.process.kill()
        self.process.wait()


def _role(process: psutil.Process) -> str:
    words = process.cmdline()
    if not words or "python" not in Path(words[0]).name:
        return ""  # the shell that Beam starts its workers through
    if "ieiw.pipelines.engine.driver" in words:
        return "driver"
    return "worker" if any("sdk_worker_main" in word for word in words) else ""


def _each(processes: Iterable[psutil.Process], what: str) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            getattr(process, what)()


@dataclass
class Orphans:
    """What outlived the kill of another process: some stopped, to be woken while the next build is at work."""

    processes: list[psutil.Process] = field(default_factory=list)
    wake_at: int | None = None

    def add(self, left: list[psutil.Process], wake_at: int | None) -> None:
        """Take note of processes; those that are stopped wake when so many units are published."""
        self.processes += left
        if wake_at is not None:
            self.wake_at = wake_at

    def wake(self, published: int | None = None) -> bool:
        """Let stopped ones go on: at their number of published units, or now. Returns whether any were stopped."""
        due = self.wake_at is not None and (published is None or published >= self.wake_at)
        if due:
            self.wake_at = None
            _each(self.processes, "resume")
        return due

    def gone(self) -> None:
        """Wait until all have left by themselves.

        Raises:
            Wrong: some live on.
        """
        self.wake()
        _, alive = psutil.wait_procs(self.processes, timeout=GONE_S)
        self.processes = []
        if alive:
            names = [" ".join(process.cmdline())[:100] for process in alive]
            _each(alive, "kill")
            raise Wrong(f"orphans live on {GONE_S:.0f} s after their build: {names}")


def kill(build: Build, victim: str, freeze: bool) -> list[psutil.Process]:
    """Kill ``command``, ``driver``, one ``worker`` or ``all``; returns what is left behind of those below the victim.

    Args:
        build: the running build.
        victim: whom to kill.
        freeze: stop those below the victim first, as a machine that is suspended would.
    """
    family = build.family("all")
    if victim == "all":
        build.process.kill()
        _each(family, "kill")
        return []
    workers = [process for process in family if _alive_role(process) == "worker"]
    drivers = [process for process in family if _alive_role(process) == "driver"]
    targets, left = {
        "command": ([psutil.Process(build.process.pid)], family),
        "driver": (drivers, [process for process in family if process not in drivers]),
        "worker": ((workers or drivers)[:1], []),
    }[victim]
    if freeze:
        _each(left, "suspend")
    _each(targets, "kill")
    return left


def _alive_role(process: psutil.Process) -> str:
    try:
        return _role(process)
    except psutil.NoSuchProcess:
        return ""
