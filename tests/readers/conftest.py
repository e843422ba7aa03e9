"""What every reader must find: each triplet's bytes and json as the build's own rows say."""

import json
from dataclasses import dataclass

import pytest

from ieiw.triplets.images.codec import decode
from tests.support.builds import index
from tests.support.tiny_build import Wanted, tiny_build


@dataclass(frozen=True)
class Expected:
    """One triplet by its row."""

    row: dict
    source: bytes
    target: bytes
    text: bytes

    @property
    def sample(self):
        return json.loads(self.text)

    def pixels(self, role):
        return decode(getattr(self, role)).pixels


@dataclass(frozen=True)
class Shards:
    """A build's shards, and what is in them."""

    folder: str
    files: list
    by_key: dict
    extension: str


@pytest.fixture(scope="session", params=["jpg", "png"])
def shards(request, tmp_path_factory):
    """Two sources of three tasks, with answers of different shapes, in a dozen shards."""
    tiny = tiny_build(tmp_path_factory.mktemp(request.param) / "build", Wanted(pictures=8, format=request.param))
    by_key = {}
    for row in index(tiny.path, "rows"):
        parts = [
            tiny.store.read_range(row["shard"], row[f"{role}_offset"], row[f"{role}_size"])
            for role in ("source", "target", "json")
        ]
        by_key[row["key"]] = Expected(row, *parts)
    folder = tiny.path / "shards"
    assert {row.row["task"] for row in by_key.values()} == {"removal", "addition", "dots"}
    return Shards(str(folder), sorted(map(str, folder.glob("*.tar"))), by_key, request.param)


def check_json(sample, expected):
    """A json member as a reader gave it: nothing lost, nothing converted; its two inner documents still parse."""
    assert sample == expected.sample
    row = expected.row
    for field, column in (("instruction", "instruction"), ("task", "task"), ("dataset", "source"), ("split", "split")):
        assert sample[field] == row[column]
    facts = json.loads(sample["provenance"])
    for field in ("record", "group", "picture", "picture_sha256", "licence", "backend", "pair", "variant"):
        assert facts[field] == row[field]
    assert isinstance(json.loads(sample["answer"]), dict)
    assert sample["instruction"] in sample["alternatives"]
