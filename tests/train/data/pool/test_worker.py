"""A decoding process's work, done in this one: replies for good samples, damage and failures."""

import os
from multiprocessing.connection import Pipe

import numpy as np
import pytest

from ieiw.train.data.augment import DICE, Augmentation
from ieiw.train.data.dataset import open_cut
from ieiw.train.data.pool.processes import processes_serve
from ieiw.train.data.pool.shared_memory import Layout, SharedBatches, pictures
from ieiw.train.data.pool.worker import TASK, Setup, serve
from ieiw.triplets.errors import Step

pytestmark = pytest.mark.skipif(not processes_serve(), reason="this system has no memfd_create")


def served(cut, samples, count):
    """The replies to tasks of two samples each, and the slot they filled."""
    layout = Layout(slots=1, count=count, source=pictures(48), target=pictures(48), entry=cut.samples.dtype)
    memory = SharedBatches(layout, shared=True)
    slot = memory.take(count)
    slot.samples[:], slot.dice[:] = samples, np.zeros((count, DICE))
    (reading, writing), (ours, theirs) = os.pipe(), Pipe()
    ours.send(Setup(cut.store.local, cut.shards, Augmentation(48, alternatives=False), layout, memory.descriptor))
    for start in range(0, count, 2):
        os.write(writing, TASK.pack(7, slot.number, start, start + 2))
    os.close(writing)
    serve(reading, theirs)
    os.close(reading)
    memory.close()
    return [ours.recv() for _ in range(0, count, 2)], slot


def test_tasks_are_filled_and_answered_in_turn(tiny):
    cut = open_cut(tiny.store, "all")
    replies, slot = served(cut, cut.samples[:4], 4)
    assert [(reply.job, reply.start, len(reply.instructions)) for reply in replies] == [(7, 0, 2), (7, 2, 2)]
    assert all(pictures.any(axis=(1, 2, 3)).all() for pictures in (slot.source, slot.target))


def test_damage_and_failures_are_answers(tiny):
    cut = open_cut(tiny.store, "all")
    samples = cut.samples[:4].copy()
    samples["source_size"][1] -= 5
    samples["shard"][3] = 999
    (damaged, failed), _ = served(cut, samples, 4)
    assert "damaged" in str(damaged.damage) and damaged.damage.step == Step("lint", tiny.store.location)
    assert "IndexError" in failed.failure and failed.damage is None
