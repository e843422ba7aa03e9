"""Shards are read untouched by webdataset, and are what its own writer would have written."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.readers.conftest import check_json

wds = pytest.importorskip("webdataset")


def members(sample):
    return {name: value for name, value in sample.items() if not name.startswith("__")}


def test_every_byte_of_every_triplet_comes_through_in_order(shards):
    samples = list(wds.WebDataset(shards.files, shardshuffle=False))
    rows = sorted((e.row for e in shards.by_key.values()), key=lambda row: (row["shard"], row["source_offset"]))
    assert [sample["__key__"] for sample in samples] == [row["key"] for row in rows]
    for sample in samples:
        expected = shards.by_key[sample["__key__"]]
        assert members(sample) == {
            f"source.{shards.extension}": expected.source,
            f"target.{shards.extension}": expected.target,
            "json": expected.text,
        }
        check_json(json.loads(sample["json"]), expected)


def test_its_decoder_gives_the_pixels_of_the_door_and_the_json(shards):
    names = [f"source.{shards.extension}", f"target.{shards.extension}", "json"]
    samples = list(wds.WebDataset(shards.files, shardshuffle=False).decode("rgb8").to_tuple("__key__", *names))
    assert len(samples) == len(shards.by_key)
    for key, source, target, sample in samples:
        expected = shards.by_key[key]
        np.testing.assert_array_equal(source, expected.pixels("source"))
        np.testing.assert_array_equal(target, expected.pixels("target"))
        check_json(sample, expected)


def test_its_writer_writes_the_same_bytes(shards, tmp_path):
    """Its writer sorts the members of a sample by name; given one by one they stand in our order."""
    for file in shards.files:
        copy = tmp_path / Path(file).name
        with wds.TarWriter(str(copy), encoder=False, mtime=0, user="ieiw", group="ieiw") as writer:
            for sample in wds.WebDataset(file, shardshuffle=False):
                for name, data in members(sample).items():
                    writer.write({"__key__": sample["__key__"], name: data})
        assert copy.read_bytes() == Path(file).read_bytes()
