"""The command line, for the tests of its verbs."""

import sys

import pytest

from ieiw.apps.main import run
from tests.support.builds import build_serially


@pytest.fixture
def ieiw(monkeypatch, capsys):
    """Runs the command line in this process: (exit status, standard output, standard error)."""
    build_serially(monkeypatch)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["ieiw", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            run()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return call
