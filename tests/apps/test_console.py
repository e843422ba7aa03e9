"""Tables: nothing is cut off, and nothing is folded where there is no terminal."""

from ieiw.apps.console import print_table

NAME = "phrasecut-5kr2jvs6ubhx77pagjzq"


def test_a_table_in_a_log_keeps_every_row_on_one_line(capsys):
    print_table("Why", ["rows", "example"], [["only b " * 20, NAME], [1234567, f"{NAME}, {NAME}"]])
    lines = [line for line in capsys.readouterr().err.splitlines() if NAME in line]
    assert len(lines) == 2
    assert lines[1].count(NAME) == 2
    assert "1,234,567" in lines[1]


def test_a_narrow_terminal_folds_and_loses_no_letter(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "dumb")
    print_table("Why", ["rows", "example"], [["Q" * 90, NAME]])
    said = capsys.readouterr().err
    assert said.count("Q") == 90
    assert "Q" * 90 not in said
    assert "…" not in said
