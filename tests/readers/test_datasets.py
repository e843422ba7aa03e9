"""Shards are read untouched by Hugging Face datasets: copied to Arrow (map style) and streamed."""

import json

import numpy as np
import pytest

from tests.readers.conftest import check_json


@pytest.fixture(scope="module")
def datasets():
    """The package, told never to ask the hub."""
    module = pytest.importorskip("datasets")
    config, patch = module.config, pytest.MonkeyPatch()
    patch.setattr(config, "HF_HUB_OFFLINE", True)
    module.disable_progress_bars()
    yield module
    patch.undo()


def loaded(datasets, shards, cache, streaming):
    return datasets.load_dataset(
        "webdataset", data_files={"train": shards.files}, split="train", cache_dir=str(cache), streaming=streaming
    )


@pytest.mark.parametrize("streaming", [False, True])
def test_every_value_and_pixel_comes_through(datasets, shards, tmp_path, streaming):
    seen = {}
    for sample in loaded(datasets, shards, tmp_path, streaming):
        key = sample["__key__"]
        expected = shards.by_key[key]
        check_json(sample["json"], expected)
        for role in ("source", "target"):
            picture = sample[f"{role}.{shards.extension}"]
            np.testing.assert_array_equal(np.asarray(picture), expected.pixels(role))
        seen[key] = seen.get(key, 0) + 1
    assert seen == dict.fromkeys(shards.by_key, 1)


@pytest.mark.parametrize("streaming", [False, True])
def test_pictures_keep_their_bytes(datasets, shards, tmp_path, streaming):
    data = loaded(datasets, shards, tmp_path, streaming)
    for role in ("source", "target"):
        data = data.cast_column(f"{role}.{shards.extension}", datasets.Image(decode=False))
    for sample in data:
        expected = shards.by_key[sample["__key__"]]
        for role in ("source", "target"):
            assert sample[f"{role}.{shards.extension}"]["bytes"] == getattr(expected, role)


def test_the_schema_it_infers_from_the_first_samples_is_that_of_all(datasets, shards, tmp_path):
    features = loaded(datasets, shards, tmp_path, streaming=False).features
    kinds = features["json"]
    kinds = {name: kinds[name] for name in kinds}
    strings = {"answer", "dataset", "instruction", "provenance", "split", "task"}
    assert set(kinds) == strings | {"alternatives"}
    assert {name for name, kind in kinds.items() if getattr(kind, "dtype", "") == "string"} == strings
    assert json.dumps(str(kinds["alternatives"])).count("string") == 1
