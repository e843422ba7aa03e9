"""``ieiw train`` from outside; whole runs are in tests/train."""

from tests.support.command_line import check_refused


def test_a_stage_file_that_is_missing_or_wrong_is_refused(ieiw, tmp_path):
    check_refused(ieiw("train", tmp_path / "none.yaml"), "none.yaml", "cannot read")
    file = tmp_path / "stage.yaml"
    file.write_text("- steps\n")
    check_refused(ieiw("train", file), "stage.yaml", "is a mapping")
