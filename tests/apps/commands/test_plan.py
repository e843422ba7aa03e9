"""``ieiw plan`` from outside."""

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
