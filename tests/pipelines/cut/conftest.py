"""A scored build, made once for all tests of cuts; each cuts a copy of its own."""

import pytest

from tests.support.scored import copied, scored_build


@pytest.fixture(scope="session")
def scored(tmp_path_factory):
    return scored_build(tmp_path_factory.mktemp("scored") / "build")


@pytest.fixture
def tiny(scored, tmp_path):
    return copied(scored, tmp_path / "build")
