"""What a decoding process does. :mod:`~.processes` starts it, with the descriptors of two pipes as its arguments.

It imports neither torch nor Arrow, so that it is at work within a fraction of a second and small.

Tasks come through a pipe that all processes of a loader read, so whoever is free takes the next: records of one length, which
the kernel hands out whole. The pipe ends when the loader does, however it dies, and so do its processes.
"""

from __future__ import annotations

import os
import signal
import struct
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import cv2

from ieiw.train.data.augment import Augmentation
from ieiw.train.data.pool.shared_memory import Layout
from ieiw.train.data.sample_decoder import SampleDecoder
from ieiw.train.data.shard_reader import FolderReader, Shards
from ieiw.triplets.errors import UsageError

TASK = struct.Struct("<QIII12x")
"""Number of the job, slot, first and end of the samples to fill. A power of two long: no record crosses a page of the pipe."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a decoding process gets first."""

    folder: Path
    shards: Shards
    augmentation: Augmentation
    layout: Layout
    memory: int
    """Descriptor of the shared batches."""


class Reply(NamedTuple):
    """A task is done.

    Attributes:
        job: its number.
        start: its first sample.
        instructions: of its samples.
        damage: of a sample.
        failure: any other exception, as text.
    """

    job: int
    start: int
    instructions: list[str]
    damage: UsageError | None = None
    failure: str = ""


def serve(tasks: int, replies: Connection) -> None:
    """Do tasks until there are no more.

    Args:
        tasks: descriptor of the pipe.
        replies: where :class:`Setup` comes from and replies go.
    """
    setup: Setup = replies.recv()
    layout, memory = setup.layout, setup.layout.map(setup.memory)
    reader = FolderReader(setup.folder, setup.shards.names)
    decoder = SampleDecoder(setup.shards, reader, setup.augmentation)
    while record := os.read(tasks, TASK.size):
        job, number, start, stop = TASK.unpack(record)
        slot, mine = layout.slot(number, layout.bytes_of(memory, number), stop), slice(start, stop)
        try:
            texts = decoder.fill(slot.samples[mine], slot.dice[mine], slot.source[mine], slot.target[mine])
            reply = Reply(job, start, texts)
        except UsageError as error:
            reply = Reply(job, start, [], damage=error)
        except Exception:  # noqa: BLE001 - the loader raises it
            reply = Reply(job, start, [], failure=traceback.format_exc())
        replies.send(reply)


def main(arguments: list[str]) -> None:
    """Serve. An interrupt is the loader's business, and its end is ours.

    Args:
        arguments: descriptors of the pipe of tasks and of the connection for replies.
    """
    for number in (signal.SIGINT, signal.SIGTERM):  # the trainer hears them, and lets us go when it has saved
        signal.signal(number, signal.SIG_IGN)
    cv2.setNumThreads(1)
    try:
        serve(int(arguments[0]), Connection(int(arguments[1])))
    except (EOFError, BrokenPipeError, ConnectionResetError):  # the loader is gone
        os._exit(0)
