"""Decoding processes. They write pictures straight into the memory of the batch, which they share with the loader.

Between processes go a task's four numbers and its sentences, never a picture. Unlike threads they do not wait for each other's
Python, nor does the training step wait for theirs.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import weakref
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

import torch

from ieiw.train.data.augment import Changes
from ieiw.train.data.blocks import Samples
from ieiw.train.data.pool.pool import CHUNK, Decoded, Drawn, Job
from ieiw.train.data.pool.shared_memory import Arena, Layout, Slot
from ieiw.train.data.pool.worker import TASK, Reply, Setup
from ieiw.train.data.shard_reader import Shards
from ieiw.triplets.errors import UsageError

SLOTS = 16
"""Batches that may be in the making or in use at a time; whoever holds more gets copies."""
_PROGRAM = (
    "import sys; from ieiw.train.data.pool.worker import main; main(sys.argv[1:])"  # -m: Reply would be __main__'s
)
_PATIENCE = 10.0  # seconds for processes to end


def processes_serve() -> bool:
    """Whether this system has what they need."""
    return hasattr(os, "memfd_create")


@dataclass(slots=True)
class _Making:
    """A job: its slot and what has come of it."""

    slot: Slot
    instructions: list[str]
    open: int
    """Tasks without a reply."""
    error: Exception | None = None


@dataclass(slots=True)
class _Team:
    """The processes and the ends of pipes that lead to them."""

    tasks: int
    replies: list[Connection] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    waiting: selectors.DefaultSelector = field(default_factory=selectors.DefaultSelector)

    def add(self, setup: Setup, reading: int) -> None:
        """Start one more process, which reads tasks from ``reading``."""
        ours, theirs = Pipe()
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        handed = (reading, theirs.fileno(), setup.memory)
        self.processes.append(
            subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, str(reading), str(theirs.fileno())],
                env=os.environ | {"PYTHONSAFEPATH": "1", "PYTHONPATH": paths},  # it finds what this process found
                pass_fds=handed,
                stdin=subprocess.DEVNULL,
            )
        )
        theirs.close()
        self.waiting.register(ours, selectors.EVENT_READ, len(self.replies))
        self.replies.append(ours)
        ours.send(setup)

    def ready(self) -> list[Connection]:
        """Wait until there are replies; the connections that have one."""
        return [self.replies[key.data] for key, _ in self.waiting.select()]

    def receive(self, replies: Connection) -> Reply:
        """The next reply of a process.

        Raises:
            RuntimeError: it is gone.
        """
        try:
            reply: Reply = replies.recv()
        except (EOFError, ConnectionResetError) as error:
            process = self.processes[self.replies.index(replies)]
            code = process.wait(_PATIENCE)
            raise RuntimeError(
                f"decoding process {process.pid} ended (exit {code}). Was memory short? Try data.workers: 1"
            ) from error
        return reply

    def stop(self) -> None:
        """Close the pipes, which ends the processes, and wait for them."""
        os.close(self.tasks)
        self.waiting.close()
        for replies in self.replies:
            replies.close()
        for process in self.processes:
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Processes:
    """Decoding processes; see :class:`ieiw.train.data.pool.pool.Crew`.

    Args:
        folder: where the shards are.
        shards: their names.
        changes: size and variation of the pictures.
        layout: of the shared memory.
        workers: how many.
        pinned: hand out page-locked copies.
    """

    def __init__(
        self, folder: Path, shards: Shards, changes: Changes, layout: Layout, workers: int, pinned: bool
    ) -> None:
        self._arena, self._pinned, self._jobs = Arena(layout), pinned, 0
        self._making: dict[int, _Making] = {}
        reading, self._tasks = os.pipe()
        self._team = _Team(self._tasks)
        setup = Setup(folder, shards, changes, layout, self._arena.descriptor)
        for _ in range(workers):
            self._team.add(setup, reading)
        os.close(reading)
        self._arena.close()
        self._stop = weakref.finalize(self, self._team.stop)

    def start(self, samples: Samples, drawn: Drawn) -> Job:
        """See :class:`ieiw.train.data.pool.pool.Crew`."""
        count, number = len(samples), self._arena.free()
        if number is None:
            raise RuntimeError(f"{SLOTS} batches are in the making; ask for their results first")
        slot = self._arena.slot(number, count)
        slot.places[:], slot.drawn[:] = samples, drawn
        self._jobs += 1
        starts = range(0, count, CHUNK)
        self._making[self._jobs] = _Making(slot, [""] * count, len(starts))
        for start in starts:
            with suppress(BrokenPipeError):  # all processes are gone: told when the result is asked for
                os.write(self._tasks, TASK.pack(self._jobs, number, start, min(start + CHUNK, count)))
        return _Started(self, self._jobs)

    def close(self) -> None:
        """See :class:`ieiw.train.data.pool.pool.Crew`."""
        self._stop()

    def finish(self, job: int) -> Decoded:
        """Wait for a job; its memory is free once nobody holds the pictures.

        Raises:
            UsageError: a damaged sample.
            RuntimeError: a process failed or was killed.
        """
        making = self._making[job]
        while making.open:
            for replies in self._team.ready():
                self._note(self._team.receive(replies))
        del self._making[job]
        if making.error:
            raise making.error
        source, target = torch.from_numpy(making.slot.source), torch.from_numpy(making.slot.target)
        if self._pinned:
            source, target = source.pin_memory(), target.pin_memory()
        elif self._arena.free() is None:
            source, target = source.clone(), target.clone()
        return Decoded(source, target, making.instructions)

    def _note(self, reply: Reply) -> None:
        making = self._making[reply.job]
        making.open -= 1
        making.instructions[reply.start : reply.start + len(reply.instructions)] = reply.instructions
        if reply.damage:
            making.error = UsageError(reply.damage)
        elif reply.failure:
            making.error = RuntimeError(f"a decoding process failed:\n{reply.failure}")


@dataclass(frozen=True, slots=True)
class _Started:
    crew: Processes
    number: int

    def result(self) -> Decoded:
        return self.crew.finish(self.number)

    def drop(self) -> None:
        with suppress(UsageError, RuntimeError):  # of a batch that nobody wants
            self.crew.finish(self.number)
