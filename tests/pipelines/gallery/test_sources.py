"""A gallery of a build holds its pictures, each with where it lies."""

import hashlib

import pytest

from ieiw.models.gallery.search import Searcher
from ieiw.pipelines.embed.run import embed
from ieiw.pipelines.gallery.run import build
from ieiw.pipelines.gallery.sources import of_build
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.gallery import open_gallery
from ieiw.triplets.layout.index import open_build
from tests.support.builds import build_serially
from tests.support.tiny_build import Wanted, tiny_build


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    build_serially(monkeypatch)
    return tiny_build(tmp_path / "build", Wanted(pictures=6, sources=("shapes", "tiles-2")))


@pytest.mark.parametrize("which", ["target", "source", "all"])
def test_each_picture_of_the_role_is_there_once_and_its_reference_leads_to_it(tiny, tmp_path, which):
    embed(str(tiny.path), "descriptor")
    made = build(str(tmp_path / "g"), of_build(str(tiny.path), "descriptor", which))
    rows = open_build(tiny.store).columns(["source_sha256", "target_sha256"]).to_pydict()
    roles = ("source", "target") if which == "all" else (which,)
    expected = {digest for role in roles for digest in rows[f"{role}_sha256"]}
    gallery = open_gallery(str(tmp_path / "g"))
    known = gallery.take(range(made.note.count))
    assert {each["id"] for each in known} == expected and len(known) == len(expected)
    for each in known:
        data = tiny.store.read_range(each["shard"], each["offset"], each["size"])
        assert hashlib.sha256(data).hexdigest() == each["id"] and each["role"] in roles and each["key"]
    assert Searcher(gallery).search(next(gallery.vectors())[:1], 1)[1].tolist() == [[0]]


def test_a_build_that_is_not_embedded_is_told_how(tiny):
    with pytest.raises(UsageError, match="not embedded") as caught:
        of_build(str(tiny.path), "descriptor")
    assert caught.value.step == Step("embed", tiny.store.location, {"embedder": "descriptor"})
