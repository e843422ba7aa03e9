"""The command line: quick help, exit codes that scripts can rely on, one JSON object on standard output."""

import json
import os
import resource
import subprocess
import sys

import pytest
import yaml

from ieiw.apps.main import app
from tests.support.builds import ROOT, index, write_recipe
from tests.support.damage import flip
from tests.support.phrasecut_folder import Folder, write_phrasecut

HEAVY = ("apache_beam", "cv2", "datasets", "faiss", "matplotlib", "pandas", "pyarrow", "scipy", "skimage", "torch")
VERBS = [command.name for command in app.registered_commands]


@pytest.fixture
def recipe(tmp_path):
    return write_recipe(tmp_path / "recipe.yaml", write_phrasecut(tmp_path / "pc", Folder(pictures=6, phrases=2)))


def python(code, *arguments):
    """Run code in a fresh interpreter; returns what it printed and the processor seconds it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


HELP = f"""
import sys
from ieiw.apps.main import run
sys.argv = ["ieiw", *sys.argv[1:]]
try:
    run()
finally:
    print("LOADED", sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)
"""


def test_help_answers_at_once_and_loads_nothing_heavy():
    done, seconds = python(HELP, "--help")
    assert done.returncode == 0
    assert all(verb in done.stdout for verb in VERBS)
    assert "LOADED []" in done.stderr
    assert seconds < 1


def test_looking_at_a_triplet_loads_neither_beam_nor_torch(tiny):
    key = index(tiny.path, "rows")[0]["key"]
    done, _ = python(HELP, "inspect", str(tiny.path), key)
    assert done.returncode == 0
    assert key in done.stdout
    assert "torch" not in done.stderr
    assert "apache_beam" not in done.stderr


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


def check_told(result, *parts):
    """The command refused with one line that holds these parts, and printed no result."""
    status, out, err = result
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    lines = [line for line in err.splitlines() if line.startswith("ieiw: ")]
    assert len(lines) == 1
    assert [part for part in parts if part not in lines[0]] == []


def test_a_folder_that_is_no_build(ieiw, tmp_path):
    for verb in ("lint", "inspect"):
        check_told(ieiw(verb, tmp_path, *(["x"] if verb == "inspect" else [])), str(tmp_path), "build.json")


def test_an_unknown_key(ieiw, tiny):
    key = index(tiny.path, "rows")[0]["key"]
    check_told(ieiw("inspect", tiny.path, key[:-1] + "1"), "no such key", key)
    check_told(ieiw("inspect", tiny.path, key[:3]), "keys begin so")
    check_told(ieiw("inspect", tiny.path, key[:-1] + "1", "--json"), "no such key")


@pytest.mark.parametrize("file", ["sheet.foo", "sheet"])
def test_a_sheet_of_no_picture_format(ieiw, tiny, tmp_path, file):
    check_told(ieiw("inspect", tiny.path, "--sheet", tmp_path / "new" / file), file, ".png")
    assert not (tmp_path / "new").exists()


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
        check_told(ieiw(*verb), out.removesuffix("/below"), "folder")


def test_a_reject_has_no_picture(ieiw, tiny, tmp_path):
    reject = index(tiny.path, "rejects")[0]["key"]
    status, _, err = ieiw("inspect", tiny.path, reject, "--sheet", tmp_path / "one.png")
    assert (status, "rejected, so there is no picture" in err) == (2, True)


def test_inspect_without_a_key_asks_for_one(ieiw, tiny):
    status, out, err = ieiw("inspect", tiny.path)
    assert (status, out) == (2, "")
    assert "KEY" in err
    assert "--sheet" in err


def test_a_recipe_that_is_missing_wrong_or_points_nowhere(ieiw, tmp_path, recipe):
    check_told(ieiw("plan", tmp_path / "none.yaml"), "none.yaml")
    values = yaml.safe_load(recipe.read_text())
    recipe.write_text(yaml.safe_dump(values | {"sead": 1}))
    check_told(ieiw("plan", recipe), str(recipe), "sead")
    recipe.write_text("sources: [")
    check_told(ieiw("build", recipe, "--out", tmp_path / "out"), str(recipe))
    values["sources"][0]["root"] = str(tmp_path / "nowhere")
    recipe.write_text(yaml.safe_dump(values))
    check_told(ieiw("build", recipe, "--out", tmp_path / "out"), "nowhere")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("out", [(), ("--out", "planned")])
def test_a_plan_tells_a_wrong_option_of_a_task_as_a_build_would(ieiw, tmp_path, recipe, out, monkeypatch):
    monkeypatch.chdir(tmp_path)
    values = yaml.safe_load(recipe.read_text())
    values["sources"][0] |= {"tasks": ["refer"], "task_options": {"refer": {"alfa": 0.4}}}
    recipe.write_text(yaml.safe_dump(values))
    check_told(ieiw("plan", recipe, *out), "source phrasecut: task_options.refer.alfa", "alpha")
    assert not (tmp_path / "planned").exists()


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


def test_too_many_rejects_have_a_status_of_their_own(ieiw, tmp_path):
    root = write_phrasecut(tmp_path / "pc", Folder(pictures=6, phrases=2, missing=frozenset({1, 2, 3})))
    status, out, err = ieiw("build", write_recipe(tmp_path / "recipe.yaml", root), "--out", tmp_path / "out")
    assert (status, out) == (3, "")
    assert "picture_missing" in err
    assert "max_reject_share" in err


def test_what_lint_finds_is_status_1(ieiw, tiny):
    assert ieiw("lint", tiny.path, "--workers", 1)[0] == 0
    row = index(tiny.path, "rows")[0]
    flip(tiny.path / row["shard"], row["target_offset"])
    status, _, err = ieiw("lint", tiny.path, "--workers", 1)
    assert status == 1
    assert row["shard"] in err
    status, out, _ = ieiw("lint", tiny.path, "--workers", 1, "--json")
    assert status == 1
    assert json.loads(out)["ok"] is False


# --json: one object on standard output, and nothing else there


def as_json(result):
    status, out, _ = result
    assert status == 0
    return json.loads(out)


def test_plan_build_and_lint_agree_in_json(ieiw, recipe, tmp_path):
    [planned] = as_json(ieiw("plan", recipe, "--json"))["sources"]
    built = as_json(ieiw("build", recipe, "--out", tmp_path / "out", "--json"))
    linted = as_json(ieiw("lint", tmp_path / "out", "--workers", 1, "--json"))
    counts = built["sources"]["phrasecut"]
    assert planned["attempts"] == counts["attempts"] == counts["built"] + counts["rejected"] == 6 * 2 * 2
    assert (built["state"], built["worked"]) == ("complete", True)
    assert (linted["ok"], linted["findings"]) == (True, [])
    again = as_json(ieiw("build", recipe, "--out", tmp_path / "out", "--json"))
    assert again["worked"] is False
    assert again["sources"] == built["sources"]


def test_a_result_goes_to_people_without_json(ieiw, recipe, tmp_path):
    status, out, err = ieiw("build", recipe, "--out", tmp_path / "out")
    assert (status, out) == (0, "")
    assert f"ieiw lint {tmp_path / 'out'}" in err.replace("\n", " ")


def test_a_source_that_cannot_be_replaced_because_it_is_the_same_is_told(ieiw, recipe, tmp_path):
    ieiw("build", recipe, "--out", tmp_path / "out")
    status, _, err = ieiw("build", recipe, "--out", tmp_path / "out", "--replace", "phrasecut")
    assert status == 0
    assert "--replace phrasecut: recipe and data are what they were" in " ".join(err.split())
    again = as_json(ieiw("build", recipe, "--out", tmp_path / "out", "--replace", "phrasecut", "--json"))
    assert again["unchanged"] == ["phrasecut"]


def test_inspect_in_json_and_in_words(ieiw, tiny, tmp_path):
    row = index(tiny.path, "rows")[0]
    found = as_json(ieiw("inspect", tiny.path, row["key"], "--json"))
    assert (found["verdict"], found["row"]) == ("built", row)
    status, out, err = ieiw("inspect", tiny.path, row["key"][:-6], "--sheet", tmp_path / "one.png")
    assert status == 0
    assert row["instruction"] in out
    assert str(tmp_path / "one.png") in err
    assert (tmp_path / "one.png").stat().st_size > 1000
