"""Fixtures that several packages' tests share."""

import pytest

from tests.support.tiny_build import tiny_build


@pytest.fixture
def tiny(tmp_path):
    """A small complete build of two sources and three tasks."""
    return tiny_build(tmp_path / "build")
