"""What a worker process does with a unit around the stage's own work."""

import pytest

from ieiw.pipelines.engine.in_progress import FAILED, notes
from ieiw.pipelines.engine.stage import note_name
from ieiw.pipelines.engine.work import UnitWork
from ieiw.triplets.storage.store import open_store
from tests.support.toy_stage import UNITS, Toy


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "out")


def test_a_unit_is_done_once(store):
    work = UnitWork(Toy(), store.location)
    assert [work.do(UNITS[0]), work.do(UNITS[0])] == [{"made": 1}, {}]
    assert len(store.sizes("done")) == 1


def test_a_damaged_unit_leaves_a_note_instead_of_its_mark(store):
    stage = Toy(damaged=(1,))
    work = UnitWork(stage, store.location)
    assert [work.do(ref) for ref in UNITS[:3]] == [{"made": 1}, {"damaged": 1}, {"made": 1}]
    assert store.read(note_name("damage", stage, UNITS[1])) == b"unit 1 is damaged"
    assert sorted(store.sizes("toys")) == [UNITS[0].unit, UNITS[2].unit]


def test_an_error_keeps_the_note_of_its_unit(store, tmp_path):
    work = UnitWork(Toy(failing=(2,)), store.location, tmp_path)
    with pytest.raises(OSError, match="no disk"):
        work.do(UNITS[2])
    assert [ref for _, ref in notes(tmp_path, FAILED)] == [UNITS[2]]


def test_a_folder_for_notes_that_is_on_another_machine_is_not_made_up(store, tmp_path):
    assert UnitWork(Toy(), store.location, tmp_path / "elsewhere").do(UNITS[0]) == {"made": 1}
    assert not (tmp_path / "elsewhere").exists()
