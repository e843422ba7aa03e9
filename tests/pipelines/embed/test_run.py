"""Every distinct picture of a build is embedded once, whatever happens on the way."""

import hashlib
import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ieiw.models.embed.common import embed_images
from ieiw.models.roles import EMBED
from ieiw.pipelines.embed.run import _elsewhere, embed
from ieiw.pipelines.embed.stage import EmbedStage
from ieiw.pipelines.engine.run import RunOptions
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.images.codec import ANY_SIZE, decode
from ieiw.triplets.layout.embeddings import (
    read_elsewhere,
    read_note,
    read_vectors,
    require_note,
    text_id,
    to_bytes,
    vector_table,
    vectors_file,
)
from ieiw.triplets.layout.index import open_build
from ieiw.triplets.layout.samples import read_samples
from ieiw.triplets.layout.tables import read_table
from tests.support.builds import build_serially
from tests.support.tiny_build import Wanted, tiny_build
from tests.support.tiny_clip import clip_folder


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    build_serially(monkeypatch)
    return tiny_build(tmp_path / "build", Wanted(pictures=6, sources=("shapes",)))


def pictures(tiny):
    """Digest -> bytes of every picture, and every instruction, as the shards hold them."""
    found, texts = {}, set()
    for ref in tiny.state.refs():
        rows = read_table(io.BytesIO(tiny.store.read(ref.rows)))
        texts |= set(rows["instruction"].to_pylist())
        for row, members in read_samples(tiny.store, rows):
            found |= {row[f"{role}_sha256"]: members[role] for role in ("source", "target")}
    return found, texts


def vectors_of(tiny, name, kind="pictures"):
    ids, vectors = [], []
    for ref in tiny.state.refs():
        some, of_them = read_vectors(tiny.store, vectors_file(name, kind, ref))
        ids += some
        vectors.append(of_them)
    return ids, np.concatenate(vectors)


def test_each_distinct_picture_has_one_vector_the_model_s_own(tiny):
    result = embed(str(tiny.path), "descriptor")
    expected, _ = pictures(tiny)
    ids, vectors = vectors_of(tiny, "descriptor")
    assert sorted(ids) == sorted(expected) and result.pictures == len(ids) and result.stand_in
    decoded = [np.ascontiguousarray(decode(expected[digest], ANY_SIZE).pixels) for digest in ids]
    assert np.array_equal(vectors, embed_images(EMBED.make("descriptor", {}), decoded))
    units = {f"{ref.source}-{ref.unit}" for ref in tiny.state.refs()}
    assert set(read_elsewhere(tiny.store, "descriptor")["owner"].to_pylist()) <= units


def test_a_second_run_does_nothing_and_a_lost_unit_is_made_again_alike(tiny):
    embed(str(tiny.path), "descriptor")
    first = next(iter(tiny.state.refs()))
    before = tiny.store.read(vectors_file("descriptor", "pictures", first))
    assert embed(str(tiny.path), "descriptor").progress.units == 0
    (tiny.path / vectors_file("descriptor", "pictures", first)).unlink()
    (tiny.path / "embeddings/descriptor/embedding.json").unlink()
    assert embed(str(tiny.path), "descriptor").progress.units == 1
    assert tiny.store.read(vectors_file("descriptor", "pictures", first)) == before


def test_a_tiny_clip_of_the_real_class_embeds_texts_too(tiny, tmp_path):
    folder = clip_folder(tmp_path / "clip")
    options = {"weights": str(folder), "device": "cpu", "batch": 5}
    result = embed(str(tiny.path), "open-clip", options, RunOptions(workers=1))
    expected, texts = pictures(tiny)
    ids, vectors = vectors_of(tiny, "open-clip", "texts")
    assert set(ids) == {text_id(text) for text in texts} and result.texts == len(ids)
    assert text_id("ä") == hashlib.sha256("ä".encode()).hexdigest()
    assert vectors.shape == (len(ids), 32) and result.pictures == len(expected)
    note = require_note(tiny.store, "open-clip", open_build(tiny.store).digests())
    assert note["settings"]["weights_sha256"] and not note["stand_in"]


def test_other_weights_under_the_same_name_are_refused(tiny, tmp_path):
    embed(str(tiny.path), "open-clip", {"weights": str(clip_folder(tmp_path / "a")), "device": "cpu"})
    with pytest.raises(UsageError, match=r"weights_sha256.*Remove that folder"):
        embed(str(tiny.path), "open-clip", {"weights": str(clip_folder(tmp_path / "b", 48)), "device": "cpu"})


def test_who_needs_embeddings_is_told_how_to_make_them(tiny):
    index = open_build(tiny.store)
    with pytest.raises(UsageError, match="not embedded by descriptor") as caught:
        require_note(tiny.store, "descriptor", index.digests())
    assert caught.value.step == Step("embed", tiny.store.location, {"embedder": "descriptor"})
    embed(str(tiny.path), "descriptor")
    with pytest.raises(UsageError, match="changed since"):
        require_note(tiny.store, "descriptor", ["other"])


def test_a_damaged_shard_is_named_and_the_other_units_are_embedded(tiny):
    row = open_build(tiny.store).columns(["shard", "target_offset"]).to_pylist()[0]
    shard = tiny.path / row["shard"]
    data = bytearray(shard.read_bytes())
    data[row["target_offset"] + 50] ^= 1
    shard.write_bytes(data)
    with pytest.raises(UsageError, match=rf"{shard.name}.*embed again"):
        embed(str(tiny.path), "descriptor")
    done = list((tiny.path / "embeddings/descriptor/pictures").iterdir())
    assert len(done) == len(list(tiny.state.refs())) - 1
    assert not read_note(tiny.store, "descriptor")["complete"]


def test_a_picture_of_two_units_is_embedded_by_the_first_unless_another_has_it(tiny):
    first, second, *_ = refs = list(tiny.state.refs())
    index, stage = open_build(tiny.store), EmbedStage(embedder="descriptor", options={}, dimension=4)
    rows = index.columns(["unit", "source_sha256", "target_sha256"])
    theirs = rows.filter(pc.equal(rows["unit"], second.unit))["target_sha256"][0].as_py()
    row = {"unit": first.unit, "source_sha256": theirs, "target_sha256": theirs}
    shared = pa.concat_tables([rows, pa.Table.from_pylist([row], schema=rows.schema)])
    index.tables = lambda columns: [shared]
    assert (first.unit, theirs) in owners(index, stage, refs)
    vectors = np.ones((1, 4), np.float16)
    tiny.store.create(stage.mark(first), to_bytes(vector_table([theirs], vectors)))
    assert (second.unit, theirs) in owners(index, stage, refs)


def owners(index, stage, refs):
    return {(row["unit"], row["id"]) for row in _elsewhere(index, stage, refs).to_pylist()}
