"""The worker of a build, without Beam: it finds all it needs in the build, and bears a driver that was quicker."""

import pytest

from ieiw.pipelines.build import worker
from ieiw.pipelines.build.worker import UnitBuilder
from ieiw.pipelines.planning.prepare import prepare
from ieiw.pipelines.recipe.components import Components
from ieiw.triplets.layout.marks import mark_of
from ieiw.triplets.storage.store import open_store
from tests.support.builds import recipe
from tests.support.phrasecut_folder import Folder, write_phrasecut


@pytest.fixture
def planned(tmp_path):
    """A store with a plan, and its units."""
    store = open_store(tmp_path / "out")
    root = write_phrasecut(tmp_path / "pc", Folder(pictures=4, phrases=2, missing=frozenset({2})))
    return store, list(prepare(store, Components(recipe(root, unit_bytes="30KB"))).refs())


def test_a_unit_becomes_what_its_counts_say(planned):
    store, refs = planned
    builder = UnitBuilder(store.location)
    for ref in refs:
        counts = builder.work(ref)
        mark = mark_of(store, ref.rows)
        assert counts == {"built": mark.built, "rejected": mark.rejected}
    assert sum(mark_of(store, ref.rows).built for ref in refs) == 12


def test_what_another_driver_swept_away_stands_if_it_did_the_unit(planned, monkeypatch):
    def swept(*_):
        raise FileNotFoundError("our half-written shard")

    store, (ref, *_) = planned
    builder = UnitBuilder(store.location)
    monkeypatch.setattr(worker, "write_unit", swept)
    with pytest.raises(FileNotFoundError):
        builder.work(ref)
    store.create(ref.rows, b"the other driver's")
    assert builder.work(ref) == {"built": 0, "rejected": 0}
