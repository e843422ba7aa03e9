"""A small data set, and builds of it in the test's own process."""

import pytest

from tests.support.builds import build_serially
from tests.support.phrasecut_folder import Folder, write_phrasecut


@pytest.fixture
def serially(monkeypatch):
    build_serially(monkeypatch)


@pytest.fixture
def root(tmp_path):
    return write_phrasecut(tmp_path / "pc", Folder(pictures=12, phrases=3))
