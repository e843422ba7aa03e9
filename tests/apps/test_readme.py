"""The README's tables and commands are those of the program."""

import re

import pytest
import typer.main

from ieiw.apps.main import app
from ieiw.builders.catalogue import DATA_SETS, TASKS
from tests.support.builds import ROOT

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.split("#")[0].split() for line in TEXT.splitlines() if re.match(r"\s*(\.venv/bin/)?ieiw ", line.split("#")[0])
]
FLAGS = {
    name: {flag for parameter in command.params for flag in parameter.opts}
    for name, command in typer.main.get_command(app).commands.items()
}


def table():
    """Task -> data sets, as the README lists them."""
    rows = re.findall(r"^\| (`[^|]+) \|[^|]*\| (`[^|]+) \|$", TEXT, re.MULTILINE)
    return {task: re.findall(r"`([^`]+)`", sets) for tasks, sets in rows for task in re.findall(r"`([^`]+)`", tasks)}


def test_every_task_is_listed_and_no_data_set_that_there_is_not():
    """Not the other way round: adding a data set takes a file, a line and a test, and no change here."""
    listed = table()
    assert set(listed) == set(TASKS)
    assert {name for names in listed.values() for name in names} <= set(DATA_SETS)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_and_flag_exists(words):
    flags = {word.partition("=")[0] for word in words[2:] if word.startswith("--")}
    assert flags <= FLAGS[words[1]]


def test_commands_were_found():
    assert len(COMMANDS) >= 10


def test_what_it_links_to_is_there():
    missing = [link for link in re.findall(r"\]\(([^)#]+)\)", TEXT) if not (ROOT / link).exists()]
    assert missing == []
