"""A build that an earlier version wrote is refused by every command, which says what it is and what to do."""

import pytest
import yaml

from ieiw.apps.edit_samples import validation_rows
from ieiw.apps.main import app
from ieiw.triplets.layout.build_state import FormatError
from tests.support.builds import tree, write_recipe
from tests.support.cuts import write_cut
from tests.support.phrasecut_folder import Folder, write_phrasecut
from tests.support.tiny_build import edit_state, tiny_build

MESSAGE = "this build is of format 1, written by ieiw 0.0.7; this version reads format 2. Build its recipe again"
WITHOUT_BUILD = {"convert", "plan", "make-scenes", "demo", "doctor", "edit", "instructions"}
COMMANDS = {
    "build": ("{recipe}", "--out", "{build}"),
    "score": ("{build}",),
    "embed": ("{build}", "--with", "descriptor"),
    "cut": ("{build}", "--name", "new"),
    "latents": ("{build}/cuts/all", "--model", "none"),
    "export": ("{build}", "--cut", "all", "--to", "csv", "--out", "{build}-csv"),
    "takedown": ("{build}", "--sha256", "0" * 64),
    "audit": ("{build}",),
    "lint": ("{build}",),
    "inspect": ("{build}",),
    "inspect a key": ("{build}", "shapes-"),
    "train": ("{stage}",),
}


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    folder = tmp_path_factory.mktemp("old")
    tiny = tiny_build(folder / "build")
    write_cut(tiny)
    edit_state(tiny, lambda values: values.update(format=1, code="0.0.7"))
    write_recipe(folder / "recipe.yaml", write_phrasecut(folder / "pc", Folder(pictures=2)))
    stage = {"data": {"build": str(tiny.path), "cut": "all"}, "out": str(folder / "run"), "steps": 1}
    (folder / "stage.yaml").write_text(yaml.safe_dump(stage))
    return tiny


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses_it(old, command, ieiw):
    folder, before = old.path.parent, tree(old.path)
    places = {"recipe": folder / "recipe.yaml", "build": old.path, "stage": folder / "stage.yaml"}
    status, said, told = ieiw(command.split()[0], *(part.format(**places) for part in COMMANDS[command]))
    assert (status, said) == (2, "")
    assert MESSAGE in " ".join(told.split())
    assert "Traceback" not in told and tree(old.path) == before


def test_a_sheet_of_edits_refuses_it(old):
    with pytest.raises(FormatError, match="build is of format 1, written by ieiw 0.0.7"):
        validation_rows(old.store, "all", 1)


def test_no_command_that_reads_builds_is_left_out():
    verbs = {command.name for command in app.registered_commands}
    assert verbs == {command.split()[0] for command in COMMANDS} | WITHOUT_BUILD
