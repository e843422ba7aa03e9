"""Galleries are made, filled and killed at will."""

import numpy as np
import pyarrow as pa
import pytest

from ieiw.models.gallery import choice
from ieiw.models.gallery.search import Searcher
from ieiw.pipelines.gallery.run import add, build
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout import gallery_writing
from ieiw.triplets.layout.gallery import open_gallery
from tests.support.builds import build_serially
from tests.support.fillings import SETTINGS, directions, filling, tree
from tests.support.killed import undone

VECTORS = directions(900, 32)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    build_serially(monkeypatch)
    monkeypatch.setattr(choice, "FLAT_UP_TO", 300)
    monkeypatch.setattr(gallery_writing, "ROWS_PER_PART", 400)


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_file_building_comes_to_the_same_tree(tmp_path, monkeypatch, after):
    build(str(tmp_path / "calm"), filling(VECTORS))
    number = 1
    while undone(monkeypatch, number, after, lambda: build(str(tmp_path / f"k{number}"), filling(VECTORS))):  # noqa: B023
        build(str(tmp_path / f"k{number}"), filling(VECTORS))
        assert tree(tmp_path / f"k{number}") == tree(tmp_path / "calm")
        number += 1
    assert number > 1 + 3 + 1 + 3 + 1  # lock, parts, cells, shards, index; and the note


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_file_adding_leaves_the_old_gallery_or_the_new_one(tmp_path, monkeypatch, after):
    for name in ("calm", *(f"k{number}" for number in range(1, 5))):
        build(str(tmp_path / name), filling(VECTORS[:600]))
    add(str(tmp_path / "calm"), filling(VECTORS[600:], 600))
    for number in range(1, 5):
        place = str(tmp_path / f"k{number}")
        undone(monkeypatch, number, after, lambda: add(place, filling(VECTORS[600:], 600)))  # noqa: B023
        assert Searcher(open_gallery(place)).gallery.note.count in {600, 900}
        add(place, filling(VECTORS[600:], 600))
        assert tree(place) == tree(tmp_path / "calm")


def test_the_same_again_is_nothing_to_do_and_something_else_is_refused(tmp_path):
    first = build(str(tmp_path), filling(VECTORS))
    assert first.added == 900
    before = tree(tmp_path)
    assert build(str(tmp_path), filling(VECTORS)).added == 0 and tree(tmp_path) == before
    with pytest.raises(UsageError, match="something else"):
        build(str(tmp_path), filling(VECTORS, inputs="other"))


def test_another_s_half_made_gallery_leaves_nothing_behind(tmp_path, monkeypatch):
    build(str(tmp_path / "calm"), filling(VECTORS))
    undone(monkeypatch, 7, True, lambda: build(str(tmp_path / "g"), filling(directions(700, 32, seed=5), inputs="x")))
    build(str(tmp_path / "g"), filling(VECTORS))
    assert tree(tmp_path / "g") == tree(tmp_path / "calm")


def test_ids_that_are_known_and_vectors_without_direction_are_counted_and_left_out(tmp_path):
    vectors = VECTORS[:400].copy()
    vectors[7] = 0
    assert build(str(tmp_path), filling(vectors)).undirected == 1
    grown = add(str(tmp_path), filling(VECTORS[390:450], 390))
    assert (grown.added, grown.known, grown.note.count) == (50, 10, 449)
    again = add(str(tmp_path), filling(VECTORS[390:450], 390))
    assert (again.added, again.known) == (0, 60)
    searcher = Searcher(open_gallery(str(tmp_path)))
    near, rows = searcher.search(VECTORS[445:446], 1)
    assert searcher.gallery.take(rows[0])[0]["id"] == "v445"


def test_a_gallery_that_outgrows_its_index_gets_another(tmp_path):
    assert build(str(tmp_path), filling(VECTORS[:300])).note.index.string == "Flat"
    note = add(str(tmp_path), filling(VECTORS[300:], 300)).note
    assert note.index.string.startswith("IVF") and note.count == 900
    assert Searcher(open_gallery(str(tmp_path))).search(VECTORS[:3], 1)[1].tolist() == [[0], [1], [2]]


def test_no_vector_is_no_gallery(tmp_path):
    for vectors in (VECTORS[:0], np.zeros((3, 32), np.float16)):
        with pytest.raises(UsageError, match="no vector"):
            build(str(tmp_path), filling(vectors))
    with pytest.raises(UsageError, match="no complete gallery"):
        add(str(tmp_path), filling(VECTORS))


def test_vectors_of_another_embedder_or_with_other_columns_are_not_added(tmp_path):
    build(str(tmp_path), filling(VECTORS[:50]))
    before = tree(tmp_path)
    with pytest.raises(UsageError, match=r"descriptor.*clip-l14"):
        add(str(tmp_path), filling(VECTORS[50:60], 50, settings={"embedder": "clip-l14"}))
    with pytest.raises(UsageError, match="length 32.*length 16"):
        add(str(tmp_path), filling(directions(5), 50))
    other = filling(VECTORS[50:60], 50)
    more = type(other)(
        SETTINGS,
        True,
        32,
        "x",
        lambda: (each.append_column("label", pa.array(["a"] * len(each))) for each in other.tables()),
    )
    with pytest.raises(UsageError, match=r"number \(int64\); .*label \(string\)"):
        add(str(tmp_path), more)
    assert {name for name in tree(tmp_path) if name in before} == set(before)
    assert open_gallery(str(tmp_path)).note.count == 50
