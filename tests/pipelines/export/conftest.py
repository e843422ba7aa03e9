"""A scored build with two formats of pictures, and a cut of it; made once, exported by each test to a folder of its own."""

import json

import pytest

from ieiw.pipelines.cut.run import cut
from ieiw.triplets.layout.shards import members
from tests.support.builds import index
from tests.support.scored import RULES, copied, scored_build, tables


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    tiny = scored_build(tmp_path_factory.mktemp("whole") / "build")
    cut(tiny.store.location, "strict", RULES)
    cut(tiny.store.location, "copies", RULES, materialise=True)
    return tiny


@pytest.fixture
def tiny(whole, tmp_path):
    return copied(whole, tmp_path / "build")


@pytest.fixture(scope="session")
def wanted(whole):
    """Side -> key -> what the build's own shards hold: source, target, and the fields of the json."""
    found = {}
    for shard in sorted((whole.path / "shards").iterdir()):
        with shard.open("rb") as file:
            for member in members(file):
                found.setdefault(member.key, {})[member.role] = member.data
    rows = {row["key"]: row for row in index(whole.path, "rows")}
    sides = {"train": {}, "validation": {}}
    for row in tables(whole, "strict", "kept").to_pylist():
        parts = found[row["key"]]
        sides[row["side"]][row["key"]] = parts | {"fields": json.loads(parts["json"]), "row": rows[row["key"]]}
    assert all(sides.values())
    return sides
