"""The nearest are found, mapped or not, and what cannot be asked is said."""

from pathlib import Path

import numpy as np
import pytest

from ieiw.models.gallery import choice
from ieiw.models.gallery.search import Searcher
from ieiw.pipelines.gallery.run import build
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.gallery import open_gallery
from tests.support.builds import build_serially
from tests.support.fillings import directions, filling

VECTORS = directions(1_500, 32)


@pytest.fixture(params=["Flat", "IVF"])
def searcher(tmp_path, monkeypatch, request):
    build_serially(monkeypatch)
    monkeypatch.setattr(choice, "FLAT_UP_TO", 10_000 if request.param == "Flat" else 100)
    build(str(tmp_path / "g"), filling(VECTORS))
    made = Searcher(open_gallery(str(tmp_path / "g")))
    assert made.gallery.note.index.string.startswith(request.param)
    return made


def products(queries):
    return queries.astype(np.float32) @ VECTORS.astype(np.float32).T


def test_a_vector_is_its_own_nearest_and_products_are_exact(searcher):
    near, rows = searcher.search(VECTORS[:50], 3)
    assert rows[:, 0].tolist() == list(range(50))
    assert np.allclose(near, np.take_along_axis(products(VECTORS[:50]), rows, 1), atol=1e-6)
    assert (np.diff(near, axis=1) <= 0).all()


def test_the_row_left_out_is_no_answer_and_the_others_stay(searcher):
    own = np.array([0, 1, -1, 3])
    near, rows = searcher.search(VECTORS[:4], 2, own)
    assert near.shape == rows.shape == (4, 2)
    assert not (rows == own[:, None]).any() and rows[2, 0] == 2
    whole, all_rows = searcher.search(VECTORS[:4], 3)
    assert np.array_equal(rows[[0, 1, 3]], all_rows[[0, 1, 3], 1:]) and np.array_equal(near[2], whole[2, :2])


def test_as_many_as_there_are_can_be_asked_for_and_all_come(searcher):
    near, rows = searcher.search(VECTORS[:2], 1_500)
    assert np.array_equal(np.sort(rows, 1), np.tile(np.arange(1_500), (2, 1)))
    assert np.isfinite(near).all()


def test_vectors_come_back_as_they_were(searcher):
    rows = np.array([3, 1_499, 3])
    assert np.array_equal(searcher.vectors(rows), VECTORS[rows].astype(np.float32))


@pytest.mark.parametrize(
    ("queries", "k", "own", "told"),
    [
        (VECTORS[:1], 1_501, None, "1501 neighbours.*1,500"),
        (VECTORS[:1], 1_500, np.array([0]), "1500 neighbours.*1,499 vectors beside"),
        (VECTORS[:1], 0, None, "0 neighbours"),
        (VECTORS[:1, :31], 1, None, "length 32.*31"),
        (VECTORS[0], 1, None, "length 32"),
    ],
)
def test_what_cannot_be_asked_is_said(searcher, queries, k, own, told):
    with pytest.raises(UsageError, match=told):
        searcher.search(queries, k, own)


def test_values_that_are_not_finite_are_refused(searcher):
    with pytest.raises(ValueError, match="finite"):
        searcher.search(np.full((1, 32), np.nan, np.float32), 1)


@pytest.mark.parametrize("harm", ["cut", "gone", "garbage", "another"])
def test_an_index_that_is_not_the_one_is_named(searcher, tmp_path, harm):
    gallery, path = searcher.gallery, searcher.gallery.index_file
    data = path.read_bytes()
    path.unlink()  # a mapped file must not shrink under its reader
    if harm == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif harm == "garbage":
        path.write_bytes(bytes(len(data)))
    elif harm == "another":
        build(str(tmp_path / "other"), filling(directions(1_500, 24)))
        other = open_gallery(str(tmp_path / "other"))
        path.write_bytes(other.index_file.read_bytes())
        file = gallery.note.index.file.model_copy(update={"size": path.stat().st_size})
        gallery.note = gallery.note.model_copy(update={"index": gallery.note.index.model_copy(update={"file": file})})
    with pytest.raises(UsageError, match=path.name):
        Searcher(gallery)


def test_the_index_is_mapped_not_read(searcher):
    assert str(searcher.gallery.index_file) in Path("/proc/self/maps").read_text(encoding="utf-8")


def test_one_vector_is_a_gallery(tmp_path):
    build(str(tmp_path / "one"), filling(VECTORS[:1]))
    one = Searcher(open_gallery(str(tmp_path / "one")))
    assert one.search(VECTORS[:1], 1)[1].tolist() == [[0]]
    with pytest.raises(UsageError, match="0 vectors beside"):
        one.search(VECTORS[:1], 1, np.array([0]))
