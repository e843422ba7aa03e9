"""A root one or two folders above the data set's own is found; anything less plain is told, never guessed."""

import pytest

from ieiw.builders.formats.dataset_root import Root
from ieiw.pipelines.planning.prepare import units_of
from ieiw.pipelines.recipe.check import check, raise_all
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.recipe.root_search import located
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.rejects import Reason, Refusal
from tests.support.pairs import save_pair


def write_gopro(root):
    save_pair(root / "train/GOPR1/blur/000001.png", root / "train/GOPR1/sharp/000001.png", 1)
    return root


def recipe(root, **changes):
    entry = {"name": "gopro", "root": str(root), "tasks": ["deblur"]} | changes
    return Recipe.model_validate({"sources": [entry]})


@pytest.mark.parametrize("inner", ["", "GOPRO_Large", "GOPRO_Large/data"])
def test_the_archive_s_own_top_folder_is_found(tmp_path, inner):
    place = write_gopro(tmp_path / "set" / inner)
    (tmp_path / "set" / "GOPRO_Large.zip").touch()
    (found,) = located(recipe(tmp_path / "set")).sources
    assert found.root == str(place)
    check(Components(located(recipe(tmp_path / "set"))))


def test_of_two_that_fit_none_is_taken_and_both_are_named(tmp_path):
    write_gopro(tmp_path / "one")
    write_gopro(tmp_path / "two")
    found = located(recipe(tmp_path))
    assert found == recipe(tmp_path)
    with pytest.raises(UsageError, match=rf"several folders.*{tmp_path}/one, {tmp_path}/two"):
        check(Components(found))


def test_a_root_too_far_down_is_told_the_right_one_and_nothing_above_it_is_read(tmp_path):
    write_gopro(tmp_path)
    found = located(recipe(tmp_path / "train"))
    assert found.sources[0].root == str(tmp_path / "train")
    with pytest.raises(UsageError, match=rf"Did you mean root: {tmp_path}\?"):
        check(Components(found))


def test_a_folder_of_many_folders_is_not_searched(tmp_path):
    for number in range(41):
        write_gopro(tmp_path / f"{number}")
    with pytest.raises(UsageError, match=r"expected train/\*/blur") as raised:
        check(Components(located(recipe(tmp_path))))
    assert "several" not in str(raised.value)


def test_the_files_of_a_folder_of_pictures_are_not_asked_one_by_one(tmp_path, monkeypatch):
    for number in range(1001):
        (tmp_path / f"{number}.jpg").touch()
    write_gopro(tmp_path / "set")
    asked = []
    names = Root.names
    monkeypatch.setattr(Root, "names", lambda root, folder="": asked.append(folder) or names(root, folder))
    assert located(recipe(tmp_path)) == recipe(tmp_path)
    assert len(asked) < 20


def test_links_out_of_the_root_are_not_followed(tmp_path):
    write_gopro(tmp_path / "elsewhere")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "link").symlink_to(tmp_path / "elsewhere")
    assert located(recipe(tmp_path / "set")) == recipe(tmp_path / "set")


@pytest.mark.parametrize("linked", ["train", "train/edit_sessions.json"])
def test_an_annotation_behind_a_link_out_of_the_root_is_told_with_its_remedy(tmp_path, linked):
    (tmp_path / "set" / "train").mkdir(parents=True)
    (tmp_path / "set" / "train" / "edit_sessions.json").write_text("{}")
    moved = tmp_path / "elsewhere"
    (tmp_path / "set" / linked).rename(moved)
    (tmp_path / "set" / linked).symlink_to(moved)
    with pytest.raises(UsageError, match="source magicbrush: .*train.* a link out of .*IEIW_FOLLOW_LINKS=1"):
        check(Components(recipe(tmp_path / "set", name="magicbrush", tasks=["edit"])))


def test_what_may_not_be_read_is_told_and_no_traceback(tmp_path, monkeypatch):
    (tmp_path / "edit_sessions.json").write_text("{}")
    monkeypatch.setattr(Root, "read", _forbidden)
    made = recipe(tmp_path, name="magicbrush", tasks=["edit"])
    with pytest.raises(UsageError, match="source magicbrush: picture_unreadable: no permission to read it"):
        list(units_of(Components(made), made.sources[0]))


def _forbidden(root, reference, most=0):
    raise Refusal(Reason.PICTURE_UNREADABLE, "no permission to read it")


def test_held_out_sets_are_found_as_well(tmp_path):
    place = write_gopro(tmp_path / "set/GOPRO_Large")
    values = recipe(tmp_path / "set").model_dump(mode="json")
    values["hold_out"] = [{"dataset": "gopro", "root": str(tmp_path / "set"), "split": "train"}, {"file": "names.txt"}]
    held = located(Recipe.model_validate(values)).hold_out
    assert [entry.root for entry in held] == [str(place), ""]


def test_a_data_set_that_is_not_there_is_told_where_it_is_to_be_had(tmp_path):
    with pytest.raises(UsageError, match=r"no such folder.*seungjunnah.github.io/Datasets/gopro"):
        check(Components(located(recipe(tmp_path / "nowhere"))))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError) as raised:
        check(Components(located(recipe(tmp_path / "empty"))))
    assert "Its site" not in str(raised.value)


def test_what_several_entries_lack_alike_is_one_line():
    alike = [f"hold_out refcoco {split}: root data/x: no such folder." for split in ("val", "testA")]
    with pytest.raises(UsageError) as raised:
        raise_all([*alike, "source a: b"])
    assert str(raised.value).splitlines()[1:] == [
        "  hold_out refcoco val, hold_out refcoco testA: root data/x: no such folder.",
        "  source a: b",
    ]
