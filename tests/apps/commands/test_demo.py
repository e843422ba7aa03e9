"""``ieiw demo``: what it leaves for the reader to change; `make demo` runs the whole."""

from ieiw.apps.commands.demo import _recipe


def test_the_recipe_that_is_left_builds_from_the_demos_own_scenes(tmp_path):
    recipe = _recipe(tmp_path, seed=3)
    assert recipe.seed == 3
    assert {source.root.startswith(f"{tmp_path}/scenes/") for source in recipe.sources} == {True}
    assert "demo-out/" not in (tmp_path / "demo.yaml").read_text()
