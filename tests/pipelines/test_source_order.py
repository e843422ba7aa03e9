"""Several sources in one build: their order in the recipe shows nowhere."""

from ieiw.pipelines.build.run import Options, build
from ieiw.pipelines.lint.run import lint
from ieiw.triplets.layout.recipe import Recipe
from tests.support.builds import build_serially, recipe_values
from tests.support.phrasecut_folder import Folder, write_phrasecut


def test_the_index_is_the_same_whatever_the_recipes_order(tmp_path, monkeypatch):
    build_serially(monkeypatch)
    values = recipe_values(write_phrasecut(tmp_path / "pc", Folder(pictures=4, phrases=2)))
    (block,) = values["sources"]
    found = []
    for order in ("zebra", "ant"), ("ant", "zebra"):
        values["sources"] = [block | {"name": name, "dataset": "phrasecut"} for name in order]
        out = tmp_path / order[0]
        build(Recipe.model_validate(values), out, Options())
        assert lint(out).findings == ()
        found.append({path.name: path.read_bytes() for path in (out / "index").iterdir()})
    assert found[0] == found[1]
