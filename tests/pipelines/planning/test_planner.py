from collections import Counter
from itertools import groupby

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ieiw.pipelines.planning.planner import plan_units, storable
from ieiw.triplets.layout.plan import (
    UNITS_PER_PART,
    UnitRef,
    attempts_of,
    plan_rows,
    read_attempts,
    read_unit,
    write_plan,
)
from ieiw.triplets.records import Attempt, Fault, Record
from ieiw.triplets.rejects import Reason
from ieiw.triplets.storage.store import FolderStore

PRINT = "0123456789abcdef"


class Groups:
    """A source whose groups have the sizes that a test asks for."""

    name, version = "some", 1

    def __init__(self, sizes, faulty=frozenset()):
        self.sizes, self.faulty = sizes, faulty

    def inputs(self):
        return []

    def group_count(self):
        return len(self.sizes)

    def group(self, index):
        for number in range(self.sizes[index]):
            fault = Fault(Reason.EMPTY_PHRASE, "none") if (index, number) in self.faulty else None
            files = {"picture": f"{index}.jpg"}
            yield Record(
                f"{index}__{number}", str(index), files, {"n": [number, 1.5, "ü"]}, "train", (4, 3), "cc", fault
            )

    def read(self, reference):
        raise AssertionError("the planner opens no picture")


SIZES = st.lists(st.integers(0, 7), max_size=40)


def planned(sizes, tasks=("removal", "addition"), variants=1, most=10, key="k"):
    return list(plan_units(Groups(sizes), "some", tasks, variants=variants, attempts_per_unit=most, key=key))


@settings(deadline=None)
@given(SIZES, st.integers(1, 3), st.integers(1, 30))
def test_every_attempt_comes_exactly_once(sizes, variants, most):
    units = planned(sizes, variants=variants, most=most)
    keys = Counter(attempt.key for unit in units for attempt in unit.attempts)
    assert keys.total() == sum(sizes) * 2 * variants
    assert not keys or max(keys.values()) == 1
    seen = {(a.record.id, a.task, a.variant) for unit in units for a in unit.attempts}
    assert seen == {
        (f"{g}__{n}", task, variant)
        for g, size in enumerate(sizes)
        for n in range(size)
        for task in ("removal", "addition")
        for variant in range(variants)
    }


@settings(deadline=None)
@given(SIZES, st.integers(1, 30))
def test_groups_are_never_parted_and_units_are_full_but_for_whole_groups(sizes, most):
    units = planned(sizes, most=most)
    where = [(attempt.record.group, unit.number) for unit in units for attempt in unit.attempts]
    assert len({group for group, _ in where}) == len(set(where))
    assert [unit.number for unit in units] == list(range(len(units)))
    assert all(unit.attempts for unit in units)
    for unit in units:
        groups = [list(same) for _, same in groupby(unit.attempts, key=lambda attempt: attempt.record.group)]
        assert len(unit.attempts) <= most or len(groups) == 1
        assert len({group[0].record.group for group in groups}) == len(groups)  # adjacent
    for one, following in zip(units, units[1:], strict=False):
        first = following.attempts[0].record.group
        size = sum(attempt.record.group == first for attempt in following.attempts)
        assert len(one.attempts) + size > most


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(SIZES.filter(any), st.integers(1, 10))
def test_what_is_written_is_read_and_the_same_plan_has_the_same_bytes(tmp_path_factory, sizes, most):
    first = UnitRef("some", PRINT, 0, 0)
    written = []
    for _ in range(2):
        store = FolderStore(tmp_path_factory.mktemp("plan"))
        units = planned(sizes, most=most)
        rows = (plan_rows(unit.attempts, UnitRef("some", PRINT, 0, unit.number).unit) for unit in units)
        size = write_plan(store, rows, first)
        assert (size.units, size.attempts, size.records) == (len(units), sum(sizes) * 2, sum(sizes))
        for unit in units:
            ref = UnitRef("some", PRINT, 0, unit.number)
            assert list(read_attempts(store, ref)) == list(unit.attempts)
            assert {row["unit"] for row in read_unit(store, ref)} == {ref.unit}
        written.append({name: store.read(f"plan/some/{name}") for name in store.sizes("plan/some")})
    assert written[0] == written[1]


def test_faults_are_counted_and_kept(tmp_path):
    store = FolderStore(tmp_path)
    source = Groups([2, 2], faulty={(0, 1)})
    units = plan_units(source, "some", ["removal", "addition"], variants=1, attempts_per_unit=100, key="k")
    size = write_plan(store, (plan_rows(unit.attempts, "u") for unit in units), UnitRef("some", PRINT, 0, 0))
    assert (size.records, size.attempts, size.faults) == (4, 8, 2)
    faults = [a.record.fault for a in read_attempts(store, UnitRef("some", PRINT, 0, 0)) if a.record.fault]
    assert faults == [Fault(Reason.EMPTY_PHRASE, "none")] * 2


def test_many_units_make_many_parts(tmp_path):
    store = FolderStore(tmp_path)
    units = planned([1] * (2 * UNITS_PER_PART + 3), most=2)
    write_plan(store, (plan_rows(unit.attempts, "u") for unit in units), UnitRef("some", PRINT, 0, 0))
    assert len(store.sizes("plan/some")) == 3
    last = UnitRef("some", PRINT, 0, len(units) - 1)
    assert list(read_attempts(store, last)) == list(units[-1].attempts)


def test_unit_ids_name_fingerprint_round_and_number():
    assert UnitRef("some", PRINT, 0, 7).unit == "012345-000007"
    assert UnitRef("some", PRINT, 2, 7).unit == "012345r02-000007"
    assert UnitRef("some", PRINT, 2, 7).rows == "rows/some-012345r02-000007.parquet"
    refs = [UnitRef(s, p, r, n) for s in "ab" for p in (PRINT, PRINT[::-1]) for r in range(3) for n in range(3)]
    assert len({ref.rows for ref in refs}) == len(refs)


@pytest.mark.parametrize("text", ["\ud800", "a\ud800b", "ü𝄞"])
def test_broken_text_in_ids_is_planned_and_read(tmp_path, text):
    class Broken(Groups):
        def group(self, index):
            yield Record(text, text, {"picture": "1.jpg"}, {"phrase": "x"}, "train")

    units = list(plan_units(Broken([1]), "some", ["removal"], variants=1, attempts_per_unit=1, key="k"))
    store = FolderStore(tmp_path)
    write_plan(store, (plan_rows(unit.attempts, "u") for unit in units), UnitRef("some", PRINT, 0, 0))
    assert list(read_attempts(store, UnitRef("some", PRINT, 0, 0))) == list(units[0].attempts)
    assert [a.key for a in attempts_of(read_unit(store, UnitRef("some", PRINT, 0, 0)))] == [units[0].attempts[0].key]


@pytest.mark.parametrize("side", [0, -4, True, 2.5, 2**31, 10**30])
def test_a_size_that_no_picture_has_is_a_fault_of_its_record(side):
    record = storable(Record("1", "1", {"picture": "1.jpg"}, {}, "train", size=(4, side)))
    assert record.fault == Fault(Reason.INVALID_RECORD, f"width and height of the picture are 4 and {side}")
    (row,) = plan_rows([Attempt("some", record, "t", 0)], "unit")
    assert (row["width"], row["height"]) == (0, 0)
