"""Galleries that are named lose the pictures that are taken down, within the same step."""

import shutil

import pytest

from ieiw.pipelines.gallery import run as gallery
from ieiw.pipelines.gallery.removal import held
from ieiw.pipelines.gallery.sources import of_build
from ieiw.pipelines.takedown.run import Asked, look, resume, take_down
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.gallery import open_gallery
from tests.pipelines.takedown.test_kill import Killed, kill_before
from tests.support.builds import index
from tests.support.fillings import tree
from tests.support.taken import everything


@pytest.fixture
def good(tiny, tmp_path):
    """A gallery of all pictures of the build."""
    gallery.build(str(tmp_path / "good"), of_build(tiny.store.location, "descriptor", "all"))
    return str(tmp_path / "good")


@pytest.fixture
def wish(tiny):
    return Asked(sha256=(index(tiny.path, "rows")[7]["source_sha256"],))


def both(tiny, good):
    return everything(tiny.path) | tree(good)


def test_they_lose_them_and_nothing_else(tiny, good, wish, tmp_path):
    bystander = str(tmp_path / "bystander")
    shutil.copytree(good, bystander)
    before = {each for table in open_gallery(good).tables(["id"]) for each in table["id"].to_pylist()}
    seen = look(tiny.store.location, wish, [good])
    assert tree(good) == tree(bystander)
    taken = take_down(tiny.store.location, wish, galleries=[good, good + "/../good"])
    left = {each for table in open_gallery(good).tables(["id"]) for each in table["id"].to_pylist()}
    assert left == before - set(taken.made) < before
    assert taken.galleries == seen.galleries == {good: len(before) - len(left)}
    assert held(good, taken.made) == 0 and held(bystander, taken.made) == taken.galleries[good]


def test_one_that_is_named_later_loses_them_then_and_after_that_nothing_changes(tiny, good, wish):
    first = take_down(tiny.store.location, wish)
    assert held(good, first.made) > 0 and first.galleries == {}
    second = take_down(tiny.store.location, wish, galleries=[good])
    assert held(good, first.made) == 0
    assert (second.state, second.keys, second.galleries[good]) == ("done", first.keys, len(first.made))
    before = both(tiny, good)
    assert take_down(tiny.store.location, wish, galleries=[good]) == second
    assert take_down(tiny.store.location, wish) == second
    assert both(tiny, good) == before


def test_killed_before_any_change_it_goes_on_and_comes_to_the_same_files(tiny, good, wish, tmp_path):
    place = tiny.store.location
    take_down(place, wish)
    for folder, name in ((tiny.path, "build0"), (good, "good0")):
        shutil.copytree(folder, tmp_path / name)
    take_down(place, wish, galleries=[good])
    calm, count, killed = both(tiny, good), -1, True
    while killed:
        count += 1
        for folder, name in ((tiny.path, "build0"), (good, "good0")):
            shutil.rmtree(folder)
            shutil.copytree(tmp_path / name, folder)
        killed = killed_at(tiny, good, wish, count)
        if count % 2:
            resume(place)
        take_down(place, wish, galleries=[good])
        assert both(tiny, good) == calm
    assert count >= 2 + 3  # proof, twice; part, index, note


def killed_at(tiny, good, wish, count):
    """Whether there was a change to be killed before."""
    with pytest.MonkeyPatch.context() as patch:
        kill_before(patch, count)
        try:
            take_down(tiny.store.location, wish, galleries=[good])
        except Killed:
            (tiny.path / "lock.json").unlink(missing_ok=True)
            return True
    return False


def test_a_place_without_a_gallery_is_refused_with_nothing_changed(tiny, good, wish, tmp_path):
    before = both(tiny, good)
    with pytest.raises(UsageError, match="no complete gallery"):
        take_down(tiny.store.location, wish, galleries=[good, str(tmp_path / "none")])
    assert both(tiny, good) == before


def test_one_that_somebody_removed_meanwhile_stops_nothing(tiny, good, wish):
    assert killed_at(tiny, good, wish, 8)
    shutil.rmtree(good)
    said = []
    (taken,) = resume(tiny.store.location, said.append)
    assert taken.state == "done"
    assert f"{good}: there is no gallery any more" in said
