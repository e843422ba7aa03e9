"""Real weights or refuse: files are found, digested, and compared with the published manifest."""

import hashlib
import json
import os

import pytest

from ieiw.models.weights import Weights, digest
from ieiw.triplets.errors import UsageError

NET = Weights("net", "embed", "net.pt", "https://example.org/net.pt", "NET_WEIGHTS", "descriptor")
MANIFEST = json.dumps({"a.weight": [2, 3], "a.bias": [2]}).encode()


def test_a_path_of_the_options_goes_before_the_variable(tmp_path, monkeypatch):
    mine, usual = tmp_path / "mine.pt", tmp_path / "usual.pt"
    mine.write_bytes(b"1")
    usual.write_bytes(b"2")
    monkeypatch.setenv("NET_WEIGHTS", str(usual))
    assert NET.find(str(mine)) == mine
    assert NET.find() == usual


@pytest.mark.parametrize(
    ("given", "problem"), [("", "neither options.weights nor NET_WEIGHTS"), ("/none.pt", "/none.pt")]
)
def test_missing_weights_name_the_file_the_place_and_the_stand_in(given, problem, monkeypatch):
    monkeypatch.delenv("NET_WEIGHTS", raising=False)
    with pytest.raises(UsageError, match=f"{problem}.*net.pt.*https://example.org/net.pt.*backends.embed=descriptor"):
        NET.find(given)


@pytest.mark.parametrize(
    ("shapes", "named"),
    [
        ({"a.weight": (2, 3)}, "a.bias is missing"),
        ({"a.weight": (2, 3), "a.bias": (3,)}, "a.bias is"),
        ({"a.weight": (2, 3), "a.bias": (2,), "b": ()}, "published without it"),
    ],
)
def test_tensors_that_differ_from_the_published_ones_are_named(tmp_path, shapes, named):
    NET.check_manifest(tmp_path / "net.pt", {"a.weight": [2, 3], "a.bias": [2]}, MANIFEST)
    with pytest.raises(UsageError, match=f"1 tensors differ: .*{named}"):
        NET.check_manifest(tmp_path / "net.pt", shapes, MANIFEST)


def test_a_digest_follows_the_files_content(tmp_path):
    file = tmp_path / "net.pt"
    for content in (b"one", b"two!"):
        file.write_bytes(content)
        os.utime(file, ns=(1, len(content)))
        assert digest(file) == hashlib.sha256(content).hexdigest()
