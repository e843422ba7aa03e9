"""Filling an index is a stage; no index goes without one of its parts."""

import subprocess
import sys

import pytest

from ieiw.models.gallery import building
from ieiw.models.gallery.choice import Choice
from ieiw.pipelines.engine.errors import WorkerDiedError
from ieiw.pipelines.gallery.removal import remove
from ieiw.pipelines.gallery.run import add, build
from ieiw.pipelines.gallery.shards import ShardStage
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout import gallery_writing
from ieiw.triplets.layout.gallery import GalleryFile, gallery_store
from tests.pipelines.engine.test_lock import hold_for
from tests.support.builds import drive_here
from tests.support.filled import PARTS, VECTORS, small
from tests.support.fillings import directions, filling, tree
from tests.support.stage_case import StageCase


class TestShards(StageCase):
    stage = ShardStage(key="k", parts=(GalleryFile(name="parts/0", rows=1, size=1, sha256="0"),))

    def units(self, folder):
        store = gallery_store(str(folder))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gallery_writing, "ROWS_PER_PART", 400)
            parts, _ = gallery_writing.write_parts(store, filling(directions(1_000)).tables())
        self.stage = ShardStage(key="k", parts=parts)
        cells = store.spooled()
        building.train(Choice(4), directions(1_000), cells)
        store.publish(self.stage.cells, cells)
        return store, self.stage.refs()

    def test_a_unit_that_is_set_aside_is_done_and_counts_as_something_else(self, build):
        """It is refused: no index goes without it."""
        store, (ref, *_) = build
        with pytest.raises(UsageError, match=rf"{self.stage.parts[0].name}: cannot be put into the index: it killed"):
            self.stage.quarantine(store, ref, "it killed its worker")
        assert not store.exists(self.stage.mark(ref))

    def test_a_part_that_is_damaged_is_named(self, build):
        store, _ = build
        store.delete(self.stage.parts[1].name)
        with pytest.raises(UsageError, match=self.stage.parts[1].name):
            self.run(build)


def test_a_part_that_kills_is_named_and_the_run_goes_on_where_it_kills_no_more(tmp_path, monkeypatch):
    small(monkeypatch)

    def drive(store, stage, refs, *more):
        for ref in refs:
            if ref.number == 2:
                raise WorkerDiedError([ref], "a worker died")
            drive_here(store, stage, [ref], *more)

    driver = "ieiw.pipelines.engine.run.run_driver"
    monkeypatch.setattr(driver, drive)
    place = str(tmp_path / "g")
    with pytest.raises(WorkerDiedError):
        build(place, filling(VECTORS))
    for _ in range(2):
        with pytest.raises(
            UsageError, match=r"parts/00002-\w+\.parquet: cannot be put into the index.*killed its worker"
        ):
            build(place, filling(VECTORS))
    monkeypatch.setattr(driver, drive_here)
    assert build(place, filling(VECTORS)).note.count == len(VECTORS)
    build(str(tmp_path / "calm"), filling(VECTORS))
    assert tree(place) == tree(tmp_path / "calm") and len(list((tmp_path / "g/parts").iterdir())) == PARTS


def test_two_at_one_gallery_are_refused(tmp_path):
    build(str(tmp_path), filling(VECTORS[:100]))
    before = tree(tmp_path)
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        hold_for(gallery_store(str(tmp_path)), other)
        for work in (build, add, lambda place, _: remove(place, {"v1"})):
            with pytest.raises(UsageError, match=f"is at work .process {other.pid} .*or stop it"):
                work(str(tmp_path), filling(VECTORS[:100]))
    finally:
        other.kill()
        other.wait()
    assert remove(str(tmp_path), {"nobody"}).absent == 1  # the dead hold nothing
    assert tree(tmp_path) == before
