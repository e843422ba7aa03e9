"""Builds that several files' tests read and none changes."""

import pytest

from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A build of square lossless pictures, with a cut of all."""
    made = tiny_build(tmp_path_factory.mktemp("build"), Wanted(pictures=12, format="png", size=(48, 48)))
    write_cut(made)
    return made


@pytest.fixture(scope="session")
def wide(tmp_path_factory):
    """The same of pictures that are wider than high."""
    made = tiny_build(tmp_path_factory.mktemp("build"), Wanted(pictures=12, format="png", size=(48, 40)))
    write_cut(made)
    return made
