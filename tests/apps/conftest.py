"""The command line, run in the test's own process."""

import sys

import pytest

from ieiw.apps.main import run
from tests.support.audited import cut_here, score_here
from tests.support.builds import build_serially, write_recipe
from tests.support.phrasecut_folder import Folder, write_phrasecut
from tests.support.tiny_build import Wanted, tiny_build


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


@pytest.fixture
def recipe(tmp_path):
    return write_recipe(tmp_path / "recipe.yaml", write_phrasecut(tmp_path / "pc", Folder(pictures=6, phrases=2)))


@pytest.fixture
def fresh(tmp_path):
    """A scored and cut build to be damaged."""
    tiny = tiny_build(tmp_path / "build", Wanted(pictures=4))
    score_here(tiny, ("sharpness", "seam", "colourfulness", "contrast", "exposure", "noise", "blockiness"))
    cut_here(tiny)
    return tiny
