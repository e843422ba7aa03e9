"""Fixtures that several packages' tests share."""

import pytest
from hypothesis import settings

import ieiw.models.diffusion  # noqa: F401 - before any test imports open_clip or transformers
from tests.support.tiny_build import tiny_build

# The same examples in every run: a red test is a change's own. `pytest --hypothesis-profile=explore` looks for new ones.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("same")


@pytest.fixture
def tiny(tmp_path):
    """A small complete build of two sources and three tasks."""
    return tiny_build(tmp_path / "build")
