"""Vectors leave a gallery, for good, and nothing else changes."""

from functools import partial

import numpy as np
import pyarrow.parquet as pq
import pytest

from ieiw.models.gallery import choice
from ieiw.models.gallery.search import Searcher
from ieiw.pipelines.gallery.removal import remove
from ieiw.pipelines.gallery.run import add, build
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout import gallery_writing
from ieiw.triplets.layout.gallery import open_gallery
from tests.support.builds import build_serially
from tests.support.fillings import directions, filling, tree
from tests.support.killed import undone

VECTORS = directions(900, 32)
GONE = {"v3", "v399", *(f"v{number}" for number in range(400, 800)), "v850"}
"""Some of the first part, all of the second, one of the last."""


@pytest.fixture(autouse=True)
def small(monkeypatch):
    build_serially(monkeypatch)
    monkeypatch.setattr(choice, "FLAT_UP_TO", 300)
    monkeypatch.setattr(gallery_writing, "ROWS_PER_PART", 400)


@pytest.fixture
def place(tmp_path):
    build(str(tmp_path / "g"), filling(VECTORS))
    return str(tmp_path / "g")


def known(place):
    """Id -> all that the gallery knows of it, its vector too."""
    files = [each.name for each in open_gallery(place).note.parts]
    return {row["id"]: row for file in files for row in pq.read_table(f"{place}/{file}").to_pylist()}


def test_what_is_removed_is_found_no_more_and_all_else_is(place):
    before = known(place)
    done = remove(place, {*GONE, "nobody"})
    assert (done.removed, done.absent, done.note.count) == (len(GONE), 1, 900 - len(GONE))
    assert known(place) == {name: row for name, row in before.items() if name not in GONE}
    gallery = open_gallery(place)
    gallery.check_files()
    assert (gallery.rows_of(sorted(GONE)) == -1).all()
    left = [int(name[1:]) for name in known(place)]
    _, rows = Searcher(gallery).search(VECTORS, 1)
    found = [each["id"] for each in gallery.take(rows[:, 0].tolist(), ["id"])]
    assert [found[number] for number in left] == [f"v{number}" for number in left]
    assert not GONE & set(found)


def test_no_file_tells_of_what_was_removed(place, tmp_path):
    """The parts that held it have other names, and the index is the one that is made where it never was."""
    before = set(tree(place))
    remove(place, {"v7"})
    stays = {name for name in before if name.startswith(("parts/00001", "parts/00002"))}
    assert before & set(tree(place)) == {"gallery.json", *stays}
    assert not [name for name in tree(place) if name.startswith("work/")]
    stays = np.delete(np.arange(200), 7)
    other, fresh = str(tmp_path / "other"), str(tmp_path / "fresh")
    build(other, filling(VECTORS[:200]))
    remove(other, {"v7"})
    build(fresh, only(stays))
    assert tree(other) == tree(fresh)


def only(numbers):
    """A filling of some of the vectors."""
    whole = filling(VECTORS[:200])
    return type(whole)(
        whole.settings, whole.stand_in, 32, whole.inputs, lambda: (table.take(numbers) for table in whole.tables())
    )


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_file_it_comes_to_the_same_tree(tmp_path, monkeypatch, after):
    build(str(tmp_path / "calm"), filling(VECTORS))
    remove(str(tmp_path / "calm"), GONE)
    number, killed = 0, True
    while killed:
        number += 1
        place = str(tmp_path / f"k{number}")
        build(place, filling(VECTORS))
        killed = undone(monkeypatch, number, after, partial(remove, place, GONE))
        assert Searcher(open_gallery(place)).gallery.note.count in {900, 900 - len(GONE)}
        remove(place, GONE)
        assert tree(place) == tree(tmp_path / "calm")
    assert number > 1 + 2 + 1 + 2 + 1 + 1  # lock, parts, cells, shards, index, note


def test_what_is_not_there_changes_nothing(place):
    before = tree(place)
    done = remove(place, {"nobody", "v900"})
    assert (done.removed, done.absent, done.note.count) == (0, 2, 900)
    assert tree(place) == before
    with pytest.raises(UsageError, match="nothing to remove is named"):
        remove(place, set())
    with pytest.raises(UsageError, match="no complete gallery"):
        remove(place + "x", {"v1"})


def test_a_gallery_of_which_nothing_is_left_can_be_added_to(place):
    done = remove(place, {f"v{number}" for number in range(900)})
    assert (done.removed, done.note.count, done.note.index.string) == (900, 0, "Flat")
    with pytest.raises(UsageError, match="holds 0 vectors"):
        Searcher(open_gallery(place)).search(VECTORS[:1], 1)
    assert remove(place, {"v1"}).removed == 0
    assert add(place, filling(VECTORS[:50])).added == 50
    assert Searcher(open_gallery(place)).search(VECTORS[:3], 1)[1].tolist() == [[0], [1], [2]]


def test_what_is_added_after_a_removal_is_found(place):
    remove(place, GONE)
    assert add(place, filling(VECTORS[400:500], 400)).added == 100
    gallery = open_gallery(place)
    near, rows = Searcher(gallery).search(VECTORS[450:451], 1)
    assert near[0, 0] > 0.99 and gallery.take(rows[0].tolist())[0]["id"] == "v450"


def test_a_damaged_part_is_named_and_nothing_changes(place):
    note = open_gallery(place).note
    (open_gallery(place).index_file.parent / note.parts[1].name).write_bytes(b"x")
    before = tree(place)
    with pytest.raises(UsageError, match=note.parts[1].name):
        remove(place, {"v500"})
    assert tree(place) == before
