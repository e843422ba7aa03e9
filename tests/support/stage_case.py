"""What every stage must keep, tested once: subclass, say which stage, done."""

from pathlib import Path

import pytest

from ieiw.pipelines.engine.run import RunOptions, run_stage
from ieiw.pipelines.engine.stage import Stage, address, load_stage, pending
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.marks import mark_of
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.storage.store import Store
from tests.support.builds import build_serially
from tests.support.tiny_build import Wanted, tiny_build


class StageCase:
    """Subclass as ``TestMyStage``: set ``stage``; where its units are not those of a small complete build, give ``units``."""

    stage: Stage

    def units(self, folder: Path) -> tuple[Store, list[UnitRef]]:
        """A build, and at least two units that the stage can do."""
        tiny = tiny_build(folder, Wanted(pictures=6, sources=("shapes",)))
        return tiny.store, [ref for ref in tiny.state.refs() if mark_of(tiny.store, ref.rows).built]

    @pytest.fixture
    def build(self, tmp_path, monkeypatch):
        build_serially(monkeypatch)
        store, refs = self.units(tmp_path / "build")
        assert len(refs) >= 2 and pending(store, self.stage, refs) == refs
        return store, refs

    def run(self, build):
        return run_stage(*build[:1], self.stage, build[1], RunOptions())

    def marks(self, build):
        return {ref: build[0].read(self.stage.mark(ref)) for ref in build[1]}

    def test_every_unit_is_done_and_counted_and_none_is_done_again(self, build):
        progress = self.run(build)
        assert progress.done_units == len(build[1]) and progress.counts.total() > 0
        before = self.marks(build)
        assert self.run(build).units == 0 and self.marks(build) == before

    def test_a_unit_whose_mark_is_gone_is_done_again_alike(self, build):
        self.run(build)
        before = self.marks(build)
        build[0].delete(self.stage.mark(build[1][0]))
        assert self.run(build).units == 1 and self.marks(build) == before

    def test_the_first_of_two_workers_at_one_unit_wins(self, build):
        store, (ref, *_) = build
        store.create(self.stage.mark(ref), b"the first one's")
        self.stage.worker(store.location).work(ref)
        assert store.read(self.stage.mark(ref)) == b"the first one's"

    def test_a_unit_that_is_set_aside_is_done_and_counts_as_something_else(self, build):
        store, (ref, *_) = build
        self.run(build)
        worked = self.stage.count(store, ref)
        store.delete(self.stage.mark(ref))
        self.stage.quarantine(store, ref, "it killed its worker")
        aside = self.stage.count(store, ref)
        assert pending(store, self.stage, build[1]) == []
        assert aside != worked and sum(aside.values()) == sum(worked.values()) > 0

    def test_it_does_not_start_without_what_it_needs(self, build):
        store, (ref, *_) = build
        needed = self.stage.needs(ref)
        if not needed:
            pytest.skip("needs nothing of earlier stages")
        store.delete(needed[0])
        with pytest.raises(UsageError, match=needed[0]):
            self.run(build)

    def test_its_options_travel_to_the_workers(self):
        assert load_stage(address(self.stage), self.stage.model_dump_json()) == self.stage
