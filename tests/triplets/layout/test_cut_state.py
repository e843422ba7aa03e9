"""The state of a cut on disk."""

import pytest

from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.cut_state import load_cut
from tests.support.cuts import write_cut
from tests.support.tiny_build import tiny_build


@pytest.mark.parametrize("name", ["../cuts/all", "a/b", "", ".hidden"])
def test_no_path_is_taken_for_a_cut(tmp_path, name):
    tiny = tiny_build(tmp_path)
    write_cut(tiny)
    with pytest.raises(UsageError, match="no cut"):
        load_cut(tiny.store, name)
