"""The paper's mixture at a hundredth of its size: every data set's count and every group's epoch."""

from bench.plan_paper import COUNTS, GROUPS, run
from ieiw.pipelines.recipe.load import load_recipe
from tests.pipelines.planning.test_estimate import RECIPES


def test_a_hundredth_of_the_mixture_is_counted_as_it_was_written():
    rows = run(0.01)
    figures = [row for row in rows if row.what.startswith(("counts", "samples"))]
    assert len(figures) == 1 + len(GROUPS)
    assert [row for row in figures if not row.good] == []


def test_the_recipe_expects_the_official_counts():
    recipe = load_recipe(RECIPES / "paper.yaml")
    expected = {settings.name: settings.expected for settings in recipe.sources}
    assert {name: expected[name] for name in COUNTS} == COUNTS
    assert expected.keys() - COUNTS.keys() == {"phrasecut", "replacement", "web"}
