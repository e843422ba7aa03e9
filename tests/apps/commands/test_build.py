"""``ieiw build`` from outside."""

from tests.support.builds import write_recipe
from tests.support.command_line import as_json
from tests.support.phrasecut_folder import Folder, write_phrasecut


def test_too_many_rejects_have_a_status_of_their_own(ieiw, tmp_path):
    root = write_phrasecut(tmp_path / "pc", Folder(pictures=6, phrases=2, missing=frozenset({1, 2, 3})))
    status, out, err = ieiw("build", write_recipe(tmp_path / "recipe.yaml", root), "--out", tmp_path / "out")
    assert (status, out) == (3, "")
    assert "picture_missing" in err
    assert "max_reject_share" in err


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
