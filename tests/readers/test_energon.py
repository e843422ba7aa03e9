"""Shards are read untouched by Megatron-Energon, after its own `prepare` in the shards' folder."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from ieiw.pipelines.lint.run import lint
from tests.readers.conftest import check_json

energon = pytest.importorskip("megatron.energon")


def digests(shards):
    return {file: hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in shards.files}


@pytest.fixture(scope="module")
def prepared(shards):
    """The folder after a non-interactive `energon prepare`, which adds .nv-meta and leaves the shards as they are."""
    from click.testing import CliRunner
    from megatron.energon.cli.main import main

    before = digests(shards)
    options = ["--non-interactive", "--split-ratio", "1,0,0", "--num-workers", "1", "--no-progress"]
    done = CliRunner().invoke(main, ["prepare", shards.folder, *options, "--sample-type", "CrudeWebdataset"])
    assert done.exit_code == 0, done.output
    assert digests(shards) == before
    return shards


def read(prepared, image_decode):
    """Every sample once, through its loader; ``image_decode`` None leaves all members as bytes."""

    @energon.stateless
    def as_it_is(sample):
        return sample

    class AsTheyAre(energon.DefaultTaskEncoder):
        cookers = [energon.Cooker(as_it_is)]
        decoder = energon.SampleDecoder(image_decode=image_decode) if image_decode else None

    data = energon.get_val_dataset(
        prepared.folder,
        split_part="train",
        worker_config=energon.WorkerConfig(rank=0, world_size=1, num_workers=0),
        batch_size=None,
        task_encoder=AsTheyAre(),
    )
    return list(energon.get_loader(data, watchdog_timeout_seconds=None))


def parts(sample):
    return {name: value for name, value in sample.items() if not name.startswith("__")}


def test_its_index_counts_every_triplet(prepared):
    info = json.loads((Path(prepared.folder) / ".nv-meta" / ".info.json").read_text())
    built = {}
    for expected in prepared.by_key.values():
        name = Path(expected.row["shard"]).name
        built[name] = built.get(name, 0) + 1
    assert info["shard_counts"] == built


def test_lint_does_not_mind_its_index(prepared):
    assert lint(str(Path(prepared.folder).parent), fast=True, workers=1).findings == ()


def test_every_byte_of_every_triplet_comes_through(prepared):
    samples = {sample["__key__"].rpartition("/")[2]: parts(sample) for sample in read(prepared, None)}
    assert set(samples) == set(prepared.by_key)
    for key, sample in samples.items():
        expected = prepared.by_key[key]
        assert sample == {
            f"source.{prepared.extension}": expected.source,
            f"target.{prepared.extension}": expected.target,
            "json": expected.text,
        }


def test_its_decoder_gives_the_pixels_of_the_door_and_the_json(prepared):
    samples = read(prepared, "pilrgb")
    assert len(samples) == len(prepared.by_key)
    for sample in samples:
        expected = prepared.by_key[sample["__key__"].rpartition("/")[2]]
        check_json(sample["json"], expected)
        for role in ("source", "target"):
            pixels = np.asarray(sample[f"{role}.{prepared.extension}"])
            np.testing.assert_array_equal(pixels, expected.pixels(role))
