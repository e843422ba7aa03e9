"""``ieiw plan`` from outside."""

import re

import pytest
import yaml

from tests.support.command_line import check_refused


def test_a_recipe_that_is_missing_wrong_or_points_nowhere(ieiw, tmp_path, recipe):
    check_refused(ieiw("plan", tmp_path / "none.yaml"), "none.yaml")
    values = yaml.safe_load(recipe.read_text())
    recipe.write_text(yaml.safe_dump(values | {"sead": 1}))
    check_refused(ieiw("plan", recipe), str(recipe), "sead")
    recipe.write_text("sources: [")
    check_refused(ieiw("build", recipe, "--out", tmp_path / "out"), str(recipe))
    values["sources"][0]["root"] = str(tmp_path / "nowhere")
    recipe.write_text(yaml.safe_dump(values))
    check_refused(ieiw("build", recipe, "--out", tmp_path / "out"), "nowhere")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("out", [(), ("--out", "planned")])
def test_a_plan_tells_a_wrong_option_of_a_task_as_a_build_would(ieiw, tmp_path, recipe, out, monkeypatch):
    monkeypatch.chdir(tmp_path)
    values = yaml.safe_load(recipe.read_text())
    values["sources"][0] |= {"tasks": ["refer"], "task_options": {"refer": {"alfa": 0.4}}}
    recipe.write_text(yaml.safe_dump(values))
    check_refused(ieiw("plan", recipe, *out), "source phrasecut: task_options.refer.alfa", "alpha")
    assert not (tmp_path / "planned").exists()


def test_a_plan_says_each_thing_once(ieiw, recipe):
    values = yaml.safe_load(recipe.read_text())
    values["sources"][0] |= {"variants": 12}
    recipe.write_text(yaml.safe_dump(values | {"backends": {"inpaint": "telea"}}))
    status, out, err = ieiw("plan", recipe)
    assert (status, out) == (0, "")
    for once in ("`hold_out` does not name", "Models", "will be rejected as same_as_another"):
        assert err.count(once) == 1
    assert "none in this version" not in err and "not chosen" not in err
    assert err.count("phrasecut") == 3  # its line, its variants, its pictures


def test_weights_that_are_missing_are_told_once(ieiw, recipe, monkeypatch):
    monkeypatch.delenv("LAMA_MODEL", raising=False)
    _, _, err = ieiw("plan", recipe, "--set", "backends.inpaint=lama")
    assert err.count("big-lama.pt from") == 1 and err.count("http") == 1


def test_what_is_known_to_be_rejected_is_shown_by_reason(ieiw, recipe):
    _, _, err = ieiw("plan", recipe, "--set", "sources.phrasecut.region={pairs_per_picture: 1}")
    assert re.search(r"phrasecut +picture_cap +12 *\n", err)
