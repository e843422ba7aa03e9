"""Errors end in a command to copy; tables cut nothing off, and fold nothing where there is no terminal."""

import ast

import pytest
import typer

from ieiw.apps.console import OPTIONS, command_of, complain, print_table
from ieiw.apps.main import app
from ieiw.triplets.errors import Step
from tests.support.builds import ROOT

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


@pytest.mark.parametrize(
    ("step", "command"),
    [
        (Step("lint", "out"), "ieiw lint out"),
        (Step("score", "a b", {"scores": "phash,seam"}), "ieiw score 'a b' --with phash,seam"),
        (
            Step("cut", "s3://b/o", {"name": "strict", "materialise": True}),
            "ieiw cut s3://b/o --name strict --materialise",
        ),
        (Step("build", "out"), "ieiw build RECIPE.yaml --out out"),
        (Step(values={"disk_check": False}), "ieiw build r.yaml --out o --no-disk-check"),
        (Step(values={"changes": "seed=1"}), "ieiw build r.yaml --out o --set seed=1"),
    ],
)
def test_a_step_is_a_command_to_copy(step, command):
    assert command_of(step, ["build", "r.yaml", "--out", "o"]) == command


def test_an_error_ends_with_the_command_that_helps(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["ieiw", "cut", "out", "--name", "x"])
    assert complain("out: no hashes; compute them", 2, Step("score", "out", {"scores": "phash"})) == 2
    assert capsys.readouterr().err == "ieiw: out: no hashes; compute them\nRun: ieiw score out --with phash\n"


def _steps():
    """The verb and the names of values of each ``Step(…)`` in the code, with its place."""
    rooms = ("apps", "builders", "eval", "filters", "models", "pipelines", "train", "triplets")
    for file in sorted(file for room in rooms for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Step":
                verbs = [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)]
                keys = [key.value for part in ast.walk(node) if isinstance(part, ast.Dict) for key in part.keys]
                yield f"{file.relative_to(ROOT)}:{node.lineno}", verbs, keys


def test_the_command_line_knows_every_step_of_the_code():
    commands = typer.main.get_command(app).commands
    for place, verbs, keys in _steps():
        options = {option for verb in verbs or commands for part in commands[verb].params for option in part.opts}
        options |= {
            option for verb in verbs or commands for part in commands[verb].params for option in part.secondary_opts
        }
        assert {f"--{OPTIONS.get(key, key.replace('_', '-'))}" for key in keys} <= options, place
