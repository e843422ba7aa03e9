"""Notes of who is at which unit."""

import pytest

from ieiw.pipelines.engine.in_progress import FAILED, noted, notes
from tests.support.toy_stage import UNITS


def test_a_note_says_who_is_at_which_unit(tmp_path):
    with noted(tmp_path, UNITS[0]):
        assert [ref for _, ref in notes(tmp_path)] == [UNITS[0]]
    assert notes(tmp_path) == []
    with pytest.raises(OSError, match="x"), noted(tmp_path, UNITS[1]):
        raise OSError("x")
    assert notes(tmp_path) == []
    assert [ref for _, ref in notes(tmp_path, FAILED)] == [UNITS[1]]
    with noted(None, UNITS[2]):
        assert notes(tmp_path) == []
