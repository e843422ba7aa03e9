"""Slots: their parts lie apart, and each comes back when the last view of it is gone, never before."""

import gc

import pytest
import torch

from ieiw.train.data.pool.processes import processes_serve
from ieiw.train.data.pool.shared_memory import Layout, SharedBatches, pictures
from ieiw.triplets.layout.cut_state import SAMPLE

KINDS = [False, pytest.param(True, marks=pytest.mark.skipif(not processes_serve(), reason="no memfd_create here"))]


@pytest.fixture(params=KINDS, ids=["own", "shared"])
def memory(request):
    made = SharedBatches(
        Layout(slots=3, count=5, source=pictures(8), target=pictures(8), entry=SAMPLE), shared=request.param
    )
    yield made
    made.close()


def parts_of(slot):
    return slot.source, slot.target, slot.dice, slot.samples["shard"]


def test_parts_of_slots_lie_apart_whatever_part_of_a_batch_is_asked_for(memory):
    layout = Layout(slots=3, count=5, source=pictures(8), target=pictures(8), entry=SAMPLE)
    slots = [memory.take(5) for _ in range(3)]
    for slot in slots:
        for start in range(5):  # a task knows the end of its samples, not of the batch
            part = layout.slot(slot.number, layout.bytes_of(memory._memory, slot.number), start + 1)
            for value, array in enumerate(parts_of(part)):
                array[start] = 60 * slot.number + 10 * value + start
    for slot in slots:
        for value, array in enumerate(parts_of(slot)):
            expected = [{60 * slot.number + 10 * value + at} for at in range(5)]
            assert [set(each.ravel().tolist()) for each in array] == expected


def test_a_slot_comes_back_with_its_last_view_and_is_taken_first(memory):
    slot = memory.take(2)
    number, tensor = slot.number, torch.from_numpy(slot.source)
    del slot
    rows = tensor[1:].numpy()[:, 2:]  # a view of a view, through two libraries
    del tensor
    gc.collect()
    assert number not in memory.free
    del rows
    assert memory.free[0] == number
    assert memory.take(1).number == number


def test_no_slot_is_given_twice(memory):
    held = [memory.take(1) for _ in range(3)]
    assert sorted(slot.number for slot in held) == [0, 1, 2]
    other = memory.take(1)
    other.source[:], held[0].source[:], held[2].source[:] = 1, 2, 3
    assert other.number == -1 and (other.source == 1).all(), "memory of its own"
