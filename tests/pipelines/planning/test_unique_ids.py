"""Ids are unique in a plan, whatever a source gives, at some bytes an id."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from ieiw.pipelines.planning.planner import plan_units
from ieiw.pipelines.planning.unique_ids import UniqueIds
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason


def record(name, fault=None):
    return Record(name, "g", {}, {}, "train", fault=fault)


@given(st.lists(st.sampled_from(["a", "b", "a#2", "a#3", "b#2", ""]), max_size=30))
def test_the_first_of_an_id_is_kept_and_the_others_are_told(names):
    ids = UniqueIds()
    settled = [ids.settle(record(name)) for name in names]
    assert len({each.id for each in settled}) == len(names)
    taken = set()
    for name, each in zip(names, settled, strict=True):
        assert (each.id == name and each.fault is None) == (name not in taken)
        taken.add(each.id)
    faults = {each.fault.reason for each in settled if each.fault}
    assert faults <= {Reason.DUPLICATE_RECORD}


def test_what_was_wrong_before_stays_said():
    ids, fault = UniqueIds(), Fault(Reason.CROWD, "x")
    assert [ids.settle(record("a", fault)).fault for _ in range(2)] == [fault, fault]


def test_it_holds_tens_of_bytes_an_id():
    count = 60_000
    tracemalloc.start()
    try:
        ids = UniqueIds()
        assert all(ids.settle(record(f"{at}")).id == f"{at}" for at in range(count))
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 25 * count
    assert peak < 40 * count
    assert all(ids.settle(record(f"{at}")).id != f"{at}" for at in range(count))


class _Pictures:
    """Two pictures with a record of the same id each."""

    def group_count(self):
        return 2

    def group(self, index):
        yield Record("same", f"{index}", {}, {}, "train")


def test_ids_that_two_pictures_share_make_one_triplet_and_one_reject():
    units = list(plan_units(_Pictures(), "some", ["removal"], variants=2, attempts_per_unit=2, key="k"))
    attempts = [attempt for unit in units for attempt in unit.attempts]
    assert len({attempt.key for attempt in attempts}) == len(attempts) == 4
    assert [attempt.record.fault and attempt.record.fault.reason for attempt in attempts] == [
        *[None] * 2,
        *["duplicate_record"] * 2,
    ]
