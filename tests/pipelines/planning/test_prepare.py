"""What a folder that holds a build already makes of a recipe: kept, refused, planned again."""

import pytest

from ieiw.pipelines.lint.run import lint
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.build_state import load_state
from ieiw.triplets.storage.store import FolderStore, open_store
from tests.support.builds import balanced, index, run_build, stamps, tree
from tests.support.phrasecut_folder import Folder, write_phrasecut

pytestmark = pytest.mark.usefixtures("serially")


def source(root, name="phrasecut", **changes):
    return {"name": name, "dataset": "phrasecut", "root": str(root), "tasks": ["removal", "addition"]} | changes


def test_a_finished_build_refuses_to_replace_a_source_that_it_lacks(root, tmp_path):
    run_build(root, tmp_path / "out")
    with pytest.raises(UsageError, match="no source is called 'nosuch'"):
        run_build(root, tmp_path / "out", replace=frozenset({"nosuch"}))


@pytest.mark.parametrize("change", [{"seed": 1}, {"image": {"short_side": 24}}, {"unit_bytes": "70KB"}])
def test_another_recipe_for_the_same_folder_is_refused(root, tmp_path, change):
    run_build(root, tmp_path / "out")
    before = tree(tmp_path / "out")
    with pytest.raises(UsageError, match=r"another phrasecut: its parameters") as caught:
        run_build(root, tmp_path / "out", changes=change)
    assert caught.value.step == Step(values={"replace": "phrasecut"})
    assert tree(tmp_path / "out") == before
    result = run_build(root, tmp_path / "out", changes=change, replace=frozenset({"phrasecut"}))
    assert (result.worked, result.unchanged) == (True, ())
    fresh = tmp_path / "fresh"
    run_build(root, fresh, changes=change)
    assert tree(tmp_path / "out") == tree(fresh)


def test_a_changed_annotation_is_named(root, tmp_path):
    run_build(root, tmp_path / "out")
    write_phrasecut(root, Folder(pictures=13, phrases=3))
    with pytest.raises(UsageError, match=r"refer_train\.json changed|image_data_split\.json changed"):
        run_build(root, tmp_path / "out")
    run_build(root, tmp_path / "out", replace=frozenset({"phrasecut"}))
    assert balanced(tmp_path / "out") == (13 * 3 * 2, 0)


def test_a_moved_root_is_no_change(root, tmp_path):
    run_build(root, tmp_path / "out")
    before = tree(tmp_path / "out")
    root.rename(tmp_path / "elsewhere")
    result = run_build(tmp_path / "elsewhere", tmp_path / "out")
    after = tree(tmp_path / "out")
    assert {k: v for k, v in after.items() if k != "build.json"} == {
        k: v for k, v in before.items() if k != "build.json"
    }
    assert result.state.state == "complete"
    assert load_state(open_store(tmp_path / "out")).recipe.sources[0].root == str(tmp_path / "elsewhere")
    done = stamps(tmp_path / "out")
    assert not run_build(tmp_path / "elsewhere", tmp_path / "out").worked
    assert stamps(tmp_path / "out") == done


def test_adding_a_source_leaves_the_others_files_alone(root, tmp_path):
    out = tmp_path / "out"
    run_build(root, out)
    folders = ("plan", "rows", "shards")
    before = {name: stamp for name, stamp in stamps(out).items() if name.startswith(folders) and "." in name}
    other = write_phrasecut(tmp_path / "more", Folder(pictures=5, phrases=2, seed=1))
    result = run_build(root, out, changes={"sources": [source(root), source(other, "more")]})
    assert stamps(out).items() >= before.items()
    assert balanced(out) == (12 * 6 + 5 * 4, 0)
    assert result.progress.counts["built"] == 20


def test_sources_named_in_any_order_give_an_index_that_lint_finds_in_order(root, tmp_path):
    other = write_phrasecut(tmp_path / "more", Folder(pictures=5, phrases=2, seed=1))
    run_build(root, tmp_path / "out", changes={"sources": [source(root), source(other, "more")]})
    assert list(dict.fromkeys(row["source"] for row in index(tmp_path / "out", "rows"))) == ["more", "phrasecut"]


def test_a_source_that_is_left_out_is_dropped_only_when_named(root, tmp_path):
    out = tmp_path / "out"
    other = write_phrasecut(tmp_path / "more", Folder(pictures=5, phrases=2, seed=1))
    run_build(root, out, changes={"sources": [source(root), source(other, "more")]})
    with pytest.raises(UsageError, match="source more, which the recipe lacks") as caught:
        run_build(root, out, changes={"sources": [source(root)]})
    assert caught.value.step == Step(values={"replace": "more"})
    run_build(root, out, changes={"sources": [source(root)]}, replace=frozenset({"more"}))
    assert balanced(out) == (72, 0)
    assert not [name for name in tree(out) if "more" in name]


def test_replacing_what_is_not_there_is_refused(root, tmp_path):
    with pytest.raises(UsageError, match="no source is called 'phrasecutt'"):
        run_build(root, tmp_path / "out", replace=frozenset({"phrasecutt"}))


def test_a_disk_that_is_too_small_is_refused_before_the_start(root, tmp_path, monkeypatch):
    monkeypatch.setattr(FolderStore, "free_bytes", lambda _: 1000)
    with pytest.raises(UsageError, match="without this check") as caught:
        run_build(root, tmp_path / "out")
    assert caught.value.step == Step(values={"disk_check": False})
    assert run_build(root, tmp_path / "out", disk_check=False).state.state == "complete"


def test_a_split_without_records_is_refused(tmp_path):
    root = write_phrasecut(tmp_path / "pc", Folder(pictures=0))
    with pytest.raises(UsageError, match="no records"):
        run_build(root, tmp_path / "out")


def test_the_index_is_the_same_whatever_the_recipes_order(root, tmp_path):
    found = []
    for order in ("zebra", "ant"), ("ant", "zebra"):
        out = tmp_path / order[0]
        run_build(root, out, changes={"sources": [source(root, name) for name in order]})
        assert lint(out).findings == ()
        found.append({path.name: path.read_bytes() for path in (out / "index").iterdir()})
    assert found[0] == found[1]
