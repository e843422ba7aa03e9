"""What is near a picture, a text or a vector of the gallery."""

import pytest

from ieiw.pipelines.embed.run import embed
from ieiw.pipelines.gallery.query import search
from ieiw.pipelines.gallery.run import build
from ieiw.pipelines.gallery.sources import of_build
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.index import open_build
from tests.support.builds import build_serially
from tests.support.tiny_build import Wanted, tiny_build
from tests.support.tiny_clip import clip_folder


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    build_serially(monkeypatch)
    return tiny_build(tmp_path / "build", Wanted(pictures=6, sources=("shapes",)))


def gallery(tiny, embedder, options=None):
    embed(str(tiny.path), embedder, options or {})
    place = str(tiny.path.parent / embedder)
    build(place, of_build(str(tiny.path), embedder, "all"))
    return place


def test_a_picture_finds_itself_and_an_id_finds_others(tiny, tmp_path):
    place = gallery(tiny, "descriptor")
    row = next(iter(open_build(tiny.store).take([0], ["shard", "target_offset", "target_size", "target_sha256"])))
    file = tmp_path / "picture.jpg"
    file.write_bytes(tiny.store.read_range(row["shard"], row["target_offset"], row["target_size"]))
    found = search(place, picture=str(file), k=3)
    assert found[0][0] == pytest.approx(1, abs=2e-3) and len(found) == 3
    assert found[0][0] >= found[1][0] >= found[2][0]
    others = search(place, of=row["target_sha256"], k=3)
    assert row["target_sha256"] not in {known["id"] for _, known in others}


def test_texts_are_asked_of_embedders_that_have_them(tiny, tmp_path):
    options = {"weights": str(clip_folder(tmp_path / "clip")), "device": "cpu"}
    place = gallery(tiny, "open-clip", options)
    assert len(search(place, text="a red car", k=2, options=options)) == 2
    other = {"weights": str(clip_folder(tmp_path / "other", 48)), "device": "cpu"}
    with pytest.raises(UsageError, match="weights_sha256.*weights_sha256"):
        search(place, text="a red car", options=other)


def test_what_cannot_be_asked_is_said(tiny, tmp_path):
    place = gallery(tiny, "descriptor")
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    for asked, told in (
        ({}, "by one of"),
        ({"text": "a", "of": "b"}, "by one of"),
        ({"text": "a"}, "pictures alone"),
        ({"of": "nobody"}, "no vector of id nobody"),
        ({"picture": str(tmp_path / "nosuch.jpg")}, "nosuch.jpg"),
        ({"picture": str(tmp_path / "no.jpg")}, r"no\.jpg: no picture"),
    ):
        with pytest.raises(UsageError, match=told):
            search(place, **asked)
