"""Scores by embedding: of pictures and of pairs, wherever a picture's vector lies."""

import numpy as np
import pyarrow as pa
import pytest
import torch

from ieiw.filters.registry import SCORES
from ieiw.filters.rule_set import RuleSet
from ieiw.filters.scores.base import EmbeddingScore
from ieiw.pipelines.cut.run import cut
from ieiw.pipelines.embed.run import embed
from ieiw.pipelines.scoring.run import score
from ieiw.triplets.errors import Step, UsageError
from ieiw.triplets.layout.embeddings import (
    ELSEWHERE,
    read_vectors,
    text_id,
    to_bytes,
    vector_table,
    vectors_file,
    write_elsewhere,
)
from ieiw.triplets.layout.index import open_build
from ieiw.triplets.layout.scores import read_note, read_values
from tests.support.builds import build_serially
from tests.support.tiny_build import Wanted, tiny_build
from tests.support.tiny_clip import clip_folder

CLIP = {"clip-image": {"embedder": "open-clip"}, "clip-direction": {"embedder": "open-clip"}}


class First(EmbeddingScore):
    name = "first"
    own = "descriptor"

    def of_embeddings(self, vectors, ids):
        assert vectors.dtype == np.float32 and len(vectors) == len(ids)
        return vectors[:, 0]


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    build_serially(monkeypatch)
    monkeypatch.setitem(SCORES, "first", f"{__name__}:First")
    return tiny_build(tmp_path / "build", Wanted(pictures=6, sources=("shapes", "dots")))


def vectors_of(tiny, embedder, kind="pictures"):
    found = {}
    for ref in tiny.state.refs():
        found |= zip(*read_vectors(tiny.store, vectors_file(embedder, kind, ref)), strict=True)
    return found


def values_of(tiny, name):
    table = read_values(tiny.store, name)
    return dict(zip(table["id"].to_pylist(), table["value"].to_pylist(), strict=True))


def test_a_score_of_pictures_has_one_value_each_and_names_its_embedder(tiny):
    embed(str(tiny.path), "descriptor")
    result = score(str(tiny.path), ["first"])
    expected = {
        digest: pytest.approx(float(vector[0]), abs=1e-6) for digest, vector in vectors_of(tiny, "descriptor").items()
    }
    assert values_of(tiny, "first") == expected and result.values["first"] == len(expected)
    assert read_note(tiny.store, "first")["settings"]["embeddings"]["embedder"] == "descriptor"
    assert score(str(tiny.path), ["first"]).progress.units == 0


def test_a_score_of_pairs_reads_vectors_of_other_units_and_of_texts(tiny, tmp_path):
    embed(str(tiny.path), "open-clip", {"weights": str(clip_folder(tmp_path / "clip")), "device": "cpu"})
    lend(tiny, "open-clip")
    score(str(tiny.path), list(CLIP), score_options=CLIP)
    pictures, texts = (
        {name: vector.astype(np.float64) for name, vector in vectors_of(tiny, "open-clip", kind).items()}
        for kind in ("pictures", "texts")
    )
    rows = open_build(tiny.store).columns(["key", "source_sha256", "target_sha256", "instruction"]).to_pylist()
    images, ways = values_of(tiny, "clip-image"), values_of(tiny, "clip-direction")
    assert images.keys() == {row["key"] for row in rows}
    for row in rows:
        one, other = pictures[row["source_sha256"]], pictures[row["target_sha256"]]
        assert images[row["key"]] == pytest.approx(cosine(one, other), abs=1e-3)
        assert ways[row["key"]] == pytest.approx(
            cosine(other - one, texts[text_id(row["instruction"])]), abs=2e-3, nan_ok=True
        )


def lend(tiny, embedder):
    """As if the first unit had the last one's first picture too."""
    first, *_, last = tiny.state.refs()
    (ids, vectors), (theirs, of_them) = (
        read_vectors(tiny.store, vectors_file(embedder, "pictures", ref)) for ref in (first, last)
    )
    for ref, kept, rows in (
        (first, [*ids, theirs[0]], np.concatenate([vectors, of_them[:1]])),
        (last, theirs[1:], of_them[1:]),
    ):
        tiny.store.publish_bytes(vectors_file(embedder, "pictures", ref), to_bytes(vector_table(kept, rows)))
    row = {"unit": last.unit, "id": theirs[0], "owner": f"{first.source}-{first.unit}"}
    write_elsewhere(tiny.store, embedder, pa.Table.from_pylist([row], schema=ELSEWHERE))


def cosine(one, other):
    lengths = np.linalg.norm(one) * np.linalg.norm(other)
    return float(one @ other / lengths) if lengths else np.nan


def test_a_laion_head_runs_from_the_embedding_to_the_cut(tiny, tmp_path):
    embed(str(tiny.path), "open-clip", {"weights": str(clip_folder(tmp_path / "clip", 768)), "device": "cpu"})
    torch.save({"weight": torch.randn(1, 768), "bias": torch.zeros(1)}, tmp_path / "head.pth")
    options = {"aesthetic-v1-l14": {"weights": str(tmp_path / "head.pth"), "embedder": "open-clip"}}
    score(str(tiny.path), ["aesthetic-v1-l14"], score_options=options)
    rule = {"name": "low", "kind": "threshold", "score": "aesthetic-v1-l14", "drop_lowest": 0.25}
    counts = cut(str(tiny.path), "pretty", RuleSet.model_validate({"rules": [rule]}))
    assert 0 < counts.kept < len(open_build(tiny.store).columns(["key"]))
    torch.save({"weight": torch.randn(1, 768), "bias": torch.zeros(1)}, tmp_path / "head.pth")
    before = values_of(tiny, "aesthetic-v1-l14")
    score(str(tiny.path), ["aesthetic-v1-l14"], score_options=options)
    assert values_of(tiny, "aesthetic-v1-l14") != before


def test_without_embeddings_the_step_is_told(tiny):
    with pytest.raises(UsageError, match="not embedded by descriptor") as caught:
        score(str(tiny.path), ["first"])
    assert caught.value.step == Step("embed", tiny.store.location, {"embedder": "descriptor"})


def test_texts_of_an_embedder_without_texts_are_refused(tiny):
    embed(str(tiny.path), "descriptor")
    with pytest.raises(UsageError, match="descriptor embeds no texts"):
        score(str(tiny.path), ["clip-text"], score_options={"clip-text": {"embedder": "descriptor"}})


def test_many_ids_do_not_overflow_text_offsets():
    from ieiw.pipelines.scoring.run import _gathered

    ids, values = _gathered(
        [pa.array(["b", "a"]), pa.array(["a"])], [np.array([2, 1], np.float32), np.array([1], np.float32)]
    )
    assert ids.type == pa.large_string() and ids.to_pylist() == ["a", "b"] and values.tolist() == [1, 2]


def test_a_cut_keeps_the_best_of_like_pictures(tiny):
    rule = {
        "name": "alike",
        "kind": "semantic-duplicates",
        "embedder": "descriptor",
        "keep": "first",
        "similarity": 0.5,
    }
    embed(str(tiny.path), "descriptor")
    score(str(tiny.path), ["first"])
    strict = cut(str(tiny.path), "strict", RuleSet.model_validate({"rules": [rule]}))
    lax = cut(str(tiny.path), "lax", RuleSet.model_validate({"rules": [rule | {"similarity": 0.9999}]}))
    assert 0 < strict.kept < lax.kept <= len(open_build(tiny.store).columns(["key"]))
    with pytest.raises(UsageError, match="not embedded by clip-l14"):
        cut(str(tiny.path), "other", RuleSet.model_validate({"rules": [rule | {"embedder": "clip-l14"}]}))
