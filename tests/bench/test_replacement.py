"""The benchmarks of replacement: what they generate is what the pipeline takes, and what they time is what they say."""

import json
import time

import pytest

from bench import gpu_paint, plan_sa1b, replacement
from bench.gallery_regions import filling, outlines
from bench.gallery_vectors import clusters
from ieiw.models.embed.descriptor import Descriptor
from ieiw.models.paint import pbe_parts
from ieiw.models.paint.paint_by_example import PaintByExample
from ieiw.triplets.images.masks import Rle, bounding_box, from_rle
from tests.support.source_case import records_of, source_of
from tests.support.tiny_painter import CONFIGS, tiny_manifest


def test_replacement_is_measured_on_a_few_scenes(tmp_path):
    spent = replacement.steps(tmp_path, scenes=40)
    assert spent.built == spent.painted > 0
    assert set(spent.outside) == {"retrieve", "paint", "caption", "write", "assemble"}
    assert min(spent.outside.values()) > 0
    assert spent.models["Blend"] > 0.5 * sum(spent.models.values())


def test_a_call_within_a_call_is_counted_once():
    with replacement.timed_models() as spent:
        started = time.thread_time()
        Descriptor().images([])
        assert 0 < spent["Descriptor"] <= time.thread_time() - started
    before = dict(spent)
    Descriptor().images([])
    assert spent == before


def test_regions_of_a_generated_gallery_find_references(tmp_path):
    assert replacement.retrieval(tmp_path, regions=20_000, asked=40) > 0


def test_generated_regions_are_boxed_exactly_and_distinct():
    table = next(filling(clusters(500, 240, "own")).tables())
    assert len(set(table["id"].to_pylist())) == len(set(table["picture"].to_pylist())) * 50 == 500
    for each in outlines(20):
        assert bounding_box(from_rle(each.rle)) == (0, 0, *each.box[2:])


def test_generated_tars_are_planned_by_their_headers_alone():
    rows = plan_sa1b.run(pictures=200, regions=100, tars=(1, 2))
    assert [row.what.partition(" pictures")[0].rpartition(" ")[2] for row in rows if row.what.startswith("plan")] == [
        "200",
        "400",
    ]


def test_a_generated_tar_holds_what_the_source_reads(tmp_path):
    plan_sa1b.write_tar(tmp_path / "sa_000000.tar", 1, 3, 5)
    source = source_of("sa-1b", tmp_path)
    records = records_of(source)
    assert [record.id for record in records] == ["sa_1", "sa_2", "sa_3"]
    for record in records:
        for each in json.loads(source.read(record.files["regions"]))["annotations"]:
            mask = from_rle(Rle(tuple(each["segmentation"]["size"]), each["segmentation"]["counts"]))
            assert (list(bounding_box(mask)), int(mask.sum())) == (each["bbox"], each["area"])


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(pbe_parts, "manifest", tiny_manifest)
    monkeypatch.setattr(pbe_parts, "CONFIGS", CONFIGS)
    monkeypatch.setattr(PaintByExample, "side", 64)


def test_a_painter_is_compared_and_fed_on_the_cpu(tiny, tmp_path):
    weights = gpu_paint.write_weights(tmp_path / "weights")
    rows = gpu_paint.compare(weights, "cpu", steps=2, batches=(1, 2))
    assert [row.figure for row in rows if row.what == "same seeds, same pictures"] == ["2 of 2"]
    assert [row for row in rows if not row.good] == []
    (fed,) = gpu_paint.feeding(tmp_path, weights, "cpu", scenes=36, steps=1)
    assert 0 < float(fed.figure.partition("%")[0]) < 100


def test_it_is_refused_with_status_2_where_there_is_no_gpu(monkeypatch, capsys):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert gpu_paint.main() == 2
    assert "sees no GPU on this machine" in capsys.readouterr().err
