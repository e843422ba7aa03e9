"""What a recipe names is made once: by a plan, by a build's driver, and by each process that works for it."""

from collections import Counter

import pytest

from ieiw.builders import catalogue
from ieiw.pipelines.planning.estimate import estimate
from ieiw.pipelines.recipe.components import Components
from ieiw.triplets.errors import UsageError
from tests.support.builds import build_serially, recipe, run_build
from tests.support.phrasecut_folder import Folder, write_phrasecut


@pytest.fixture
def root(tmp_path):
    return write_phrasecut(tmp_path / "pc", Folder(pictures=2))


@pytest.fixture
def made(monkeypatch):
    """How often each source and task was made, but for those that the search for a root tries (they are called ``root``)."""
    counts = Counter()

    def counting(make):
        def count(called, *arguments, **options):
            counts[called] += options.get("name") != "root"
            return make(called, *arguments, **options)

        return count

    for maker in ("source", "task"):
        monkeypatch.setattr(catalogue, maker, counting(getattr(catalogue, maker)))
    return counts


def test_a_plan_makes_each_source_and_task_once(root, tmp_path, made):
    estimate(recipe(root))
    assert made == {"phrasecut": 1, "removal": 1, "addition": 1}
    estimate(recipe(root), str(tmp_path / "out"))
    assert set(made.values()) == {2}


def test_a_build_makes_each_source_and_task_once_a_process(root, tmp_path, made, monkeypatch):
    build_serially(monkeypatch)  # the driver and the worker are one process, and each makes its own
    run_build(root, tmp_path / "out")
    assert made == {"phrasecut": 2, "removal": 2, "addition": 2}
    run_build(root, tmp_path / "out")  # nothing left to do: no worker
    assert made == {"phrasecut": 3, "removal": 3, "addition": 3}


def test_a_role_that_the_recipe_leaves_open_is_named_with_what_could_play_it(root):
    components = Components(recipe(root))
    assert components.backend("inpaint") is components.backend("inpaint")
    with pytest.raises(UsageError, match="backends.embed: a task needs it"):
        components.backend("embed")


def test_tasks_that_paint_share_one_backend_and_the_region_rules(root):
    components = Components(recipe(root, source={"region": {"min_area": 0.2}}))
    assert components.roles("phrasecut") == {"inpaint"}
    assert components.artefacts("phrasecut") is not None
