"""GIQA over a gallery: the reference's numbers, the paper's, and a mixture's."""

import numpy as np
import pytest

from ieiw.filters.scores.giqa import GmmGiqa, KnnGiqa, KnnGiqaPaper, KnnGiqaQuick, inverse
from ieiw.pipelines.gallery.run import add, build
from ieiw.triplets.errors import UsageError
from tests.support.fillings import directions, filling

GALLERY = directions(60, 24)
QUERIES = directions(9, 24, seed=1).astype(np.float32)
STRANGERS = [f"q{number}" for number in range(9)]
KNN = (KnnGiqa, KnnGiqaQuick, KnnGiqaPaper)


@pytest.fixture
def gallery(tmp_path):
    build(str(tmp_path / "g"), filling(GALLERY))
    return str(tmp_path / "g")


def reference(queries, vectors, k=1):
    """GIQA's code as its authors wrote it down: torch's pairwise distance to each, the least, their inverses."""
    torch = pytest.importorskip("torch")
    values = torch.from_numpy(vectors.astype(np.float32))
    scores = []
    for query in queries:
        distances = torch.nn.functional.pairwise_distance(torch.from_numpy(query).expand_as(values), values, p=1)
        scores.append(float((1 / distances.topk(k, largest=False).values).sum()))
    return np.array(scores)


@pytest.mark.parametrize("score", [KnnGiqa, KnnGiqaQuick])
def test_the_code_s_form_gives_the_code_s_numbers(gallery, score):
    found = score(gallery, "descriptor").of_embeddings(QUERIES, STRANGERS)
    assert found.dtype == np.float32
    assert np.allclose(found, reference(QUERIES, GALLERY), rtol=1e-3)


def test_a_copy_under_another_id_has_the_score_that_torch_gives_it(gallery):
    copy = GALLERY[:1].astype(np.float32)
    found = KnnGiqa(gallery, "descriptor").of_embeddings(copy, ["another"])
    assert np.allclose(found, reference(copy, GALLERY), rtol=1e-2) and np.allclose(found, 1 / 24e-6, rtol=1e-2)


@pytest.mark.parametrize("score", KNN)
@pytest.mark.parametrize("k", [1, 3])
def test_a_picture_of_the_gallery_does_not_count_for_itself(gallery, score, k):
    own = score(gallery, "descriptor", k=k).of_embeddings(GALLERY[:5].astype(np.float32), [f"v{at}" for at in range(5)])
    for at in range(5):
        others = np.delete(GALLERY, at, 0).astype(np.float32)
        apart = others - GALLERY[at].astype(np.float32)
        distances = np.linalg.norm(apart, axis=1) if score is KnnGiqaPaper else np.abs(apart).sum(1)
        assert own[at] == pytest.approx(inverse(np.sort(distances)[None, :k], 24e-6)[0], rel=1e-4)


@pytest.mark.parametrize("score", [*KNN, GmmGiqa])
def test_no_embedding_is_no_score(gallery, score):
    broken = QUERIES.copy()
    broken[2] = np.nan
    broken[5, 0] = np.inf
    made = score(gallery, "descriptor")
    found, whole = made.of_embeddings(broken, STRANGERS), made.of_embeddings(QUERIES, STRANGERS)
    assert np.flatnonzero(np.isnan(found)).tolist() == [2, 5]
    assert np.allclose(np.delete(found, [2, 5]), np.delete(whole, [2, 5]), rtol=1e-5)
    assert made.of_embeddings(QUERIES[:0], []).shape == (0,)


def test_what_a_score_depends_on_is_told(gallery):
    before = KnnGiqa(gallery, "descriptor", k=2).describe()
    assert before["k"] == "2" and float(before["epsilon"]) == pytest.approx(24e-6)
    assert KnnGiqa(gallery, "descriptor", k=2).describe() == before
    assert GmmGiqa(gallery, "descriptor", components=3).describe()["components"] == "3"
    add(gallery, filling(directions(3, 24, seed=7), 60))
    assert KnnGiqa(gallery, "descriptor", k=2).describe()["gallery_sha256"] != before["gallery_sha256"]


@pytest.mark.parametrize("score", [*KNN, GmmGiqa])
def test_no_gallery_and_one_of_another_embedder_are_refused(gallery, tmp_path, score):
    with pytest.raises(UsageError, match="gallery build"):
        score()
    with pytest.raises(UsageError, match="no complete gallery"):
        score(str(tmp_path / "nosuch"))
    with pytest.raises(UsageError, match=r"descriptor.*clip-l14"):
        score(gallery, "clip-l14")
    with pytest.raises(UsageError, match=r"version 1.*version 2"):
        score(gallery, "descriptor").check_embeddings({"embedder": "descriptor", "version": "2"})


@pytest.mark.parametrize("score", KNN)
@pytest.mark.parametrize(
    ("changes", "told"), [({"k": 60}, "k is 60"), ({"k": 0}, "k is 0"), ({"epsilon": -1.0}, "epsilon")]
)
def test_options_out_of_bounds_are_refused(gallery, score, changes, told):
    with pytest.raises(UsageError, match=told):
        score(gallery, "descriptor", **changes)


@pytest.mark.parametrize("score", [*KNN, GmmGiqa])
def test_a_gallery_of_one_vector_has_no_neighbours(tmp_path, score):
    build(str(tmp_path), filling(GALLERY[:1]))
    with pytest.raises(UsageError, match="1 vectors"):
        score(str(tmp_path), "descriptor")


def test_the_mixture_likes_what_lies_among_the_gallery_and_is_the_same_each_time(tmp_path):
    random = np.random.default_rng(0)
    centres = directions(2, 24, seed=3).astype(np.float32)
    near = centres[random.integers(0, 2, 400)] + random.normal(0, 0.05, (400, 24)).astype(np.float32)
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    build(str(tmp_path), filling(near[:300].astype(np.float16)))
    score = GmmGiqa(str(tmp_path), "descriptor", components=2)
    inside = score.of_embeddings(near[300:], [str(at) for at in range(100)])
    outside = score.of_embeddings(directions(100, 24, seed=9).astype(np.float32), [str(at) for at in range(100)])
    assert np.median(inside) > outside.max()
    again = GmmGiqa(str(tmp_path), "descriptor", components=2).of_embeddings(near[300:], [str(at) for at in range(100)])
    assert np.array_equal(inside, again)
