"""L1 distances are those of the plain formula."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.models.gallery import distances
from ieiw.models.gallery.distances import nearest, nearest_listed
from ieiw.models.gallery.search import Searcher
from ieiw.pipelines.gallery.run import build
from ieiw.triplets.layout.gallery import open_gallery
from tests.support.fillings import directions, filling


def plain(vectors, queries, k, own):
    found = np.abs(queries[:, None].astype(np.float64) - vectors[None]).sum(2)
    for query, row in enumerate(own):
        if row >= 0:
            found[query, row] = np.inf
    return np.sort(found, 1)[:, :k]


@settings(deadline=None)
@given(st.data())
def test_exact_is_the_plain_formula_however_vectors_are_cut(data):
    count, k = data.draw(st.integers(2, 60)), data.draw(st.integers(1, 4))
    k = min(k, count - 1)
    vectors, queries = directions(count, 8), directions(7, 8, seed=1).astype(np.float32)
    own = np.array(data.draw(st.lists(st.integers(-1, count - 1), min_size=7, max_size=7)))
    cut = data.draw(st.integers(0, count))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distances, "_CACHE_BYTES", data.draw(st.sampled_from([1, 1_000])))
        patch.setattr(distances, "_QUERIES", data.draw(st.integers(1, 9)))
        found = nearest([vectors[:cut], vectors[cut:]], queries, k, own)
    assert np.allclose(found, plain(vectors.astype(np.float64), queries, k, own), atol=1e-5)


def test_a_short_list_finds_the_same_where_all_are_on_it(tmp_path):
    vectors, queries = directions(30, 8), directions(5, 8, seed=2).astype(np.float32)
    build(str(tmp_path), filling(vectors))
    own = np.array([-1, 0, 29, -1, 4])
    found = nearest_listed(Searcher(open_gallery(str(tmp_path))), queries, 2, own)
    assert np.allclose(found, plain(vectors.astype(np.float64), queries, 2, own), atol=1e-5)
