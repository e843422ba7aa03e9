"""Latents are of pictures: those of what was taken down go, all others stay and count."""

import pytest

from ieiw.pipelines.latents.run import encode
from ieiw.pipelines.takedown import latents
from ieiw.pipelines.takedown.run import Asked, take_down
from ieiw.train.data.dataset import open_cut
from ieiw.triplets.layout.cut_state import cut_file
from tests.support.builds import build_serially, index
from tests.support.tiny_vae import tiny_model


def kept(tiny, name):
    return {path.name: path.read_bytes() for path in sorted((tiny.path / f"cuts/{name}/latents").iterdir())}


def words_of(tiny, row):
    return (tiny.path / row["shard"]).read_bytes()[row["json_offset"] :][: row["json_size"]]


@pytest.mark.parametrize("name", ["all", "copies"])
def test_those_of_its_shards_go_and_the_others_stay(tiny, tmp_path, monkeypatch, name):
    build_serially(monkeypatch)
    before = kept(tiny, name)
    rows = [(words_of(tiny, row), row) for row in index(tiny.path, "rows")]
    word, row = next((word, row) for word, row in rows if any(word in data for data in before.values()))
    take_down(tiny.store.location, Asked(sha256=(row["source_sha256"],)))
    after = kept(tiny, name)
    assert not any(word in data for data in after.values())
    assert after.items() < before.items() and (after or name == "copies")
    made = encode(f"{tiny.path}/cuts/{name}", tiny_model(tmp_path / "model", size=16), 16, device="cpu")
    assert made.samples == open_cut(tiny.store, name).state.train and after.items() < kept(tiny, name).items()


def test_those_of_a_cut_that_is_gone_or_cannot_be_read_go(tiny):
    latents.forget(tiny.store)
    assert kept(tiny, "all") and kept(tiny, "copies")
    tiny.store.delete(cut_file("all"))
    (tiny.path / "cuts/copies/index/train.npy").write_bytes(b"damaged")
    latents.forget(tiny.store)
    assert not kept(tiny, "all") and not kept(tiny, "copies")
