"""``ieiw plan --sample`` makes a few replacements with the recipe's own models, and keeps none."""

import json
import tempfile
from pathlib import Path

import yaml

from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.replacement.measure import measure
from ieiw.triplets.layout.recipe import Recipe
from tests.support.builds import ieiw
from tests.support.replaced import recipe_values


def test_each_step_is_measured_and_nothing_is_left(site, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = measure(Components(Recipe.model_validate(recipe_values(site.data, site.gallery))), "drawn", 5)
    assert [each.step for each in found] == ["retrieve", "paint", "caption", "write"]
    assert found[0].attempts == 5 and all(each.device == "cpu" and each.seconds > 0 for each in found)
    assert [each.attempts for each in found[1:]] == [each.standing for each in found[:-1]]
    assert 0 < found[-1].standing <= 5
    assert list(Path(tmp_path).iterdir()) == []


def test_plan_tells_it_as_json_too(site, tmp_path):
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(recipe_values(site.data, site.gallery)))
    told = ieiw("plan", tmp_path / "recipe.yaml", "--sample", 2, "--json")
    assert told.returncode == 0, told.stderr
    steps = json.loads(told.stdout)["measured"]["drawn"]
    assert [each["step"] for each in steps] == ["retrieve", "paint", "caption", "write"]
