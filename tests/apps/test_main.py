"""The command line: quick help, exit codes that scripts can rely on, one JSON object on standard output."""

import errno
import json
import shutil
import tempfile

import pytest

from ieiw.apps import main
from ieiw.apps.main import app
from tests.support.builds import index
from tests.support.command_line import HELP, check_refused, python

VERBS = [command.name for command in app.registered_commands]


def test_help_answers_at_once_and_loads_nothing_heavy():
    done, seconds = python(HELP, "--help")
    assert done.returncode == 0
    assert all(verb in done.stdout for verb in VERBS)
    assert "LOADED []" in done.stderr
    assert seconds < 1


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(ieiw, verb):
    status, out, _ = ieiw(verb, "--help")
    assert status == 0
    assert "Usage" in out


def test_without_arguments_it_shows_the_help_and_an_unknown_verb_is_an_error(ieiw):
    assert "Usage" in "".join(map(str, ieiw()[1:]))
    status, _, err = ieiw("bild")
    assert status == 2
    assert "bild" in err


# what went wrong -> status 2, and a message of one line that names it


def test_a_folder_that_is_no_build(ieiw, tmp_path):
    for verb in ("lint", "inspect"):
        check_refused(ieiw(verb, tmp_path, *(["x"] if verb == "inspect" else [])), str(tmp_path), "build.json")


@pytest.mark.parametrize("out", ["a-file", "a-file/below", "foo://bucket/out"])
def test_a_place_where_no_build_can_be(ieiw, tmp_path, recipe, out):
    (tmp_path / "a-file").touch()
    place = out if "://" in out else tmp_path / out
    for verb in (
        ["build", recipe, "--out", place],
        ["lint", place],
        ["audit", place],
        ["plan", recipe, "--out", place],
    ):
        check_refused(ieiw(*verb), out.removesuffix("/below"), "folder")


def test_an_argument_of_the_wrong_kind(ieiw, recipe, tmp_path):
    status, out, err = ieiw("build", recipe, "--out", tmp_path / "out", "--workers", "many")
    assert (status, out) == (2, "")
    assert "--workers" in err
    assert "integer" in err


def test_a_store_that_fails_is_told_without_a_traceback(ieiw, tmp_path):
    (tmp_path / "scenes").touch()
    status, out, err = ieiw("make-scenes", "--out", tmp_path / "scenes", "--count", 1, "--workers", 1)
    assert (status, out) == (5, "")
    assert "Traceback" not in err
    assert str(tmp_path / "scenes") in err


def test_a_stop_by_the_keyboard_says_what_to_do_next(ieiw, recipe, tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("ieiw.pipelines.build.run.build", stopped)
    status, out, err = ieiw("build", recipe, "--out", tmp_path / "out")
    assert (status, out) == (130, "")
    assert err.splitlines()[-1] == "ieiw: stopped. What is done is kept; run the same command to go on."


# terminals that cannot show every letter

NARROW = [
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "ascii:strict"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]


@pytest.mark.parametrize("terminal", NARROW, ids=str)
def test_what_cannot_be_encoded_is_spelled_out(tiny, tmp_path, terminal):
    key = index(tiny.path, "rows")[0]["key"]
    shutil.copytree(tiny.path, tmp_path / "größe 象😀")
    build = str(tmp_path / "größe 象😀")
    for arguments in (["inspect", build, key], ["lint", build], ["lint", build + "2"], ["inspect", build, "–"]):
        done, _ = python(HELP, *arguments, **terminal)
        assert "Traceback" not in done.stderr, arguments
        assert done.returncode in (0, 2)
    done, _ = python(HELP, "inspect", build, "--sheet", str(tmp_path / "größe 象😀.png"), "--json", **terminal)
    assert json.loads(done.stdout)["sheet"] == str(tmp_path / "größe 象😀.png") or "LC_ALL" in terminal
    json.loads(python(HELP, "inspect", build, key, "--json", **terminal)[0].stdout)


# --json: one object on standard output, and nothing else there


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left", "good/score.json", None, "mine/score.json"), "mine/score.json: "),
        (OSError(errno.ENOSPC, "No space left", "mine/x"), "mine/x: No space left"),
        (OSError(errno.ENOSPC, "Error writing bytes to file"), f"is written to or in {tempfile.gettempdir()}"),
        (OSError("the store does not answer"), "the store does not answer"),
    ],
)
def test_the_place_without_room_is_named(monkeypatch, capsys, error, words):
    def failing(**_):
        raise error

    monkeypatch.setattr(main, "app", failing)
    with pytest.raises(SystemExit) as caught:
        main.run()
    assert caught.value.code == main.FAILED
    assert words in capsys.readouterr().err
