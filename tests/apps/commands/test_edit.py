"""``ieiw edit`` from outside: what cannot work is refused before a model is loaded."""

import pytest

from tests.support.command_line import check_refused


@pytest.mark.parametrize(
    ("out", "instruction", "problem"),
    [("edited.tiff", "Remove the car.", ".png or .jpg"), ("edited.png", "  ", "the instruction is empty")],
)
def test_a_wrong_request_is_refused(ieiw, tmp_path, out, instruction, problem):
    check_refused(ieiw("edit", tmp_path / "a.jpg", instruction, "--model", tmp_path, "--out", tmp_path / out), problem)
    assert list(tmp_path.iterdir()) == []
