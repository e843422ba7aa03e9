"""Vectors are found where they lie in Parquet, and nothing else is taken for them."""

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.pipelines.gallery.run import build
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout import gallery_writing
from ieiw.triplets.layout.gallery import open_gallery
from ieiw.triplets.layout.gallery_vectors import MappedVectors
from tests.support.fillings import directions, filling


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_rows_in_any_order_are_those_that_were_written(tmp_path_factory, data):
    count, dimension = data.draw(st.integers(1, 150)), data.draw(st.sampled_from([1, 3, 16, 700]))
    vectors = np.random.default_rng(count).uniform(0.1, 1, (count, dimension)).astype(np.float16)
    place = str(tmp_path_factory.mktemp("g"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gallery_writing, "ROWS_PER_PART", data.draw(st.integers(1, 90)))
        patch.setattr(gallery_writing, "_ROWS_PER_GROUP", data.draw(st.integers(1, 40)))
        build(place, filling(vectors))
    rows = np.array(data.draw(st.lists(st.integers(0, count - 1), max_size=30)), np.int64)
    assert np.array_equal(MappedVectors(open_gallery(place)).take(rows), vectors[rows].astype(np.float32))


def test_a_whole_row_group_is_one_page(tmp_path):
    build(str(tmp_path), filling(directions(9_000, 768)))
    found = MappedVectors(open_gallery(str(tmp_path))).take(np.arange(9_000))
    assert np.array_equal(found, directions(9_000, 768).astype(np.float32))


@pytest.mark.parametrize("harm", ["cut", "gone", "rewritten"])
def test_a_part_that_is_not_as_it_was_written_is_named(tmp_path, harm):
    build(str(tmp_path), filling(directions(3_000, 64)))
    gallery = open_gallery(str(tmp_path))
    path = tmp_path / gallery.note.parts[0].name
    table, data = pq.read_table(path), path.read_bytes()
    path.unlink()
    if harm == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif harm == "rewritten":
        pq.write_table(table, path, data_page_size=1_000)
    with pytest.raises(UsageError, match=path.name):
        MappedVectors(gallery)
