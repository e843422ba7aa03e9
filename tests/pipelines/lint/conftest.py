"""A build to damage, made once; each test damages a copy of its own."""

import shutil

import pytest

from ieiw.triplets.storage.store import open_store
from tests.support.tiny_build import Tiny, Wanted, tiny_build

SMALL = Wanted(pictures=8, sources=("shapes",))


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    return tiny_build(tmp_path_factory.mktemp("whole") / "build", SMALL)


@pytest.fixture
def tiny(whole, tmp_path):
    shutil.copytree(whole.path, tmp_path / "build")
    return Tiny(open_store(tmp_path / "build"), tmp_path / "build", whole.state, whole.wanted)
