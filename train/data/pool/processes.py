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

from ieiw.train.data.augment import Augmentation
from ieiw.train.data.blocks import Samples
from ieiw.train.data.pool.pool import CHUNK, SLOTS, Decoded, DiceRows, Job, handed_out
from ieiw.train.data.pool.shared_memory import Layout, SharedBatches, Slot
from ieiw.train.data.pool.worker import TASK, Reply, Setup
from ieiw.train.data.shard_reader import Shards
from ieiw.triplets.errors import UsageError

_PROGRAM = (
    "import sys; from ieiw.train.data.pool.worker import main; main(sys.argv[1:])"  # -m: Reply would be __main__'s
)
_PATIENCE = 10.0  # seconds for processes to end


def processes_serve() -> bool:
    """Whether this system has what they need."""
    return hasattr(os, "memfd_create")


@dataclass(slots=True)
class _Pending:
    """A job: its slot and what has come of it."""

    slot: Slot
    instructions: list[str]
    open: int
    """Tasks without a reply."""
    error: Exception | None = None


@dataclass(slots=True)
class _Workers:
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
    """Decoding processes; see :class:`ieiw.train.data.pool.pool.DecodePool`.

    Args:
        folder: where the shards are.
        shards: their names.
        augmentation: size and variation of the pictures.
        layout: of the shared memory.
        workers: how many.
        pinned: hand out page-locked copies.
    """

    def __init__(
        self, folder: Path, shards: Shards, augmentation: Augmentation, layout: Layout, workers: int, pinned: bool
    ) -> None:
        self._memory, self._pinned, self._jobs = SharedBatches(layout, shared=True), pinned, 0
        self._pending: dict[int, _Pending] = {}
        reading, self._tasks = os.pipe()
        self._workers = _Workers(self._tasks)
        setup = Setup(folder, shards, augmentation, layout, self._memory.descriptor)
        for _ in range(workers):
            self._workers.add(setup, reading)
        os.close(reading)
        self._memory.close()
        self._stop = weakref.finalize(self, self._workers.stop)

    def start(self, samples: Samples, dice: DiceRows) -> Job:
        """See :class:`ieiw.train.data.pool.pool.DecodePool`."""
        if not self._memory.free:
            raise RuntimeError(f"{SLOTS} batches are in the making; ask for their results first")
        count = len(samples)
        slot = self._memory.take(count)
        slot.samples[:], slot.dice[:] = samples, dice
        self._jobs += 1
        starts = range(0, count, CHUNK)
        self._pending[self._jobs] = _Pending(slot, [""] * count, len(starts))
        for start in starts:
            with suppress(BrokenPipeError):  # all processes are gone, which the result says
                os.write(self._tasks, TASK.pack(self._jobs, slot.number, start, min(start + CHUNK, count)))
        return _ProcessJob(self, self._jobs)

    def close(self) -> None:
        """See :class:`ieiw.train.data.pool.pool.DecodePool`."""
        self._stop()

    def finish(self, job: int) -> Decoded:
        """Wait for a job; its slot is free once nobody holds the pictures.

        Raises:
            UsageError: a damaged sample.
            RuntimeError: a process failed or was killed.
        """
        while self._pending[job].open:
            for key, _ in self._workers.waiting.select():
                self._note(self._workers.receive(self._workers.replies[key.data]))
        done = self._pending.pop(job)
        if done.error is None:
            return handed_out(done.slot, done.instructions, self._memory, self._pinned)
        error = done.error
        del done  # the traceback would keep its slot
        raise error

    def _note(self, reply: Reply) -> None:
        pending = self._pending[reply.job]
        pending.open -= 1
        pending.instructions[reply.start : reply.start + len(reply.instructions)] = reply.instructions
        if reply.damage:
            pending.error = reply.damage
        elif reply.failure:
            pending.error = RuntimeError(f"a decoding process failed:\n{reply.failure}")


@dataclass(frozen=True, slots=True)
class _ProcessJob:
    pool: Processes
    number: int

    def result(self) -> Decoded:
        return self.pool.finish(self.number)

    def drop(self) -> None:
        with suppress(UsageError, RuntimeError):  # of a batch that nobody wants
            self.pool.finish(self.number)
