"""A build is scored over a gallery of its own pictures, by the command's own way."""

import numpy as np
import pytest

from ieiw.pipelines.embed.run import embed
from ieiw.pipelines.gallery.run import build
from ieiw.pipelines.gallery.sources import of_build
from ieiw.pipelines.scoring.run import score
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.gallery import open_gallery
from ieiw.triplets.layout.gallery_vectors import MappedVectors
from ieiw.triplets.layout.scores import read_note, read_values
from tests.support.builds import build_serially
from tests.support.tiny_build import Wanted, tiny_build
from tests.support.tiny_clip import clip_folder


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    build_serially(monkeypatch)
    return tiny_build(tmp_path / "build", Wanted(pictures=6, sources=("shapes",)))


def test_each_picture_has_the_inverse_distance_to_its_nearest_other(tiny, tmp_path):
    place = str(tmp_path / "g")
    embed(str(tiny.path), "descriptor")
    count = build(place, of_build(str(tiny.path), "descriptor", "all")).note.count
    score(str(tiny.path), ["knn-giqa"], score_options={"knn-giqa": {"gallery": place, "embedder": "descriptor"}})
    values = read_values(tiny.store, "knn-giqa")
    assert values.num_rows == count
    gallery = open_gallery(place)
    vectors = MappedVectors(gallery).take(gallery.rows_of(values["id"].to_pylist()))
    apart = np.abs(vectors[:, None] - vectors[None]).sum(2) + np.diag(np.full(count, np.inf))
    assert np.allclose(values["value"].to_numpy(), 1 / (apart.min(1) + 240e-6), rtol=1e-3)
    assert "gallery_sha256" in str(read_note(tiny.store, "knn-giqa"))


def test_embeddings_by_other_weights_than_the_gallery_s_are_refused(tiny, tmp_path):
    place, other = str(tmp_path / "g"), tiny_build(tmp_path / "other", Wanted(pictures=6, sources=("shapes",)))
    for built, width in ((tiny, 32), (other, 48)):
        options = {"weights": str(clip_folder(tmp_path / f"clip{width}", width)), "device": "cpu"}
        embed(str(built.path), "open-clip", options)
    build(place, of_build(str(tiny.path), "open-clip", "all"))
    with pytest.raises(UsageError, match="weights_sha256.*weights_sha256"):
        score(str(other.path), ["knn-giqa"], score_options={"knn-giqa": {"gallery": place, "embedder": "open-clip"}})
