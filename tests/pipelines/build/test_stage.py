"""Building keeps what every stage must keep."""

from ieiw.pipelines.build.stage import BuildStage
from ieiw.pipelines.planning.prepare import prepare
from ieiw.pipelines.recipe.components import Components
from ieiw.triplets.layout.rows import read_mark
from ieiw.triplets.storage.store import open_store
from tests.support.builds import recipe
from tests.support.phrasecut_folder import Folder, write_phrasecut
from tests.support.stage_case import StageCase


class TestBuildStage(StageCase):
    stage = BuildStage()

    def units(self, folder):
        store = open_store(folder)
        root = write_phrasecut(folder.parent / "pc", Folder(pictures=4, phrases=2))
        return store, list(prepare(store, Components(recipe(root, unit_bytes="30KB"))).refs())

    def test_every_attempt_of_a_unit_that_is_set_aside_is_a_reject(self, build):
        store, (ref, *_) = build
        self.stage.quarantine(store, ref, "it killed")
        mark = read_mark(store.read(ref.rows))
        assert (mark.built, mark.rejected, mark.shard) == (0, mark.attempts, "") and mark.attempts > 0
