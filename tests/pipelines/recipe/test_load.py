"""Recipes from YAML: what is wrong is named with line, field and remedy."""

import pytest
import yaml

from ieiw.pipelines.recipe.load import load_recipe
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.recipe import Recipe
from tests.support.builds import recipe_values

GOOD = """\
seed: 3
image: {short_side: 64}
unit_bytes: 20KB
sources:
  - name: phrasecut
    root: data/pc
    tasks: [removal, addition]
backends: {inpaint: noop}
"""


def loaded(tmp_path, text, *changes):
    path = tmp_path / "recipe.yaml"
    path.write_text(text)
    return load_recipe(path, changes)


def complaint(tmp_path, text, *changes):
    with pytest.raises(UsageError) as caught:
        loaded(tmp_path, text, *changes)
    return str(caught.value)


def test_a_recipe_is_read_with_its_defaults(tmp_path):
    recipe = loaded(tmp_path, GOOD)
    assert (recipe.seed, recipe.unit_bytes, recipe.backends["inpaint"].name) == (3, 20_000, "noop")
    assert (recipe.image.short_side, recipe.image.format, recipe.image.quality) == (64, "jpg", 95)
    assert recipe.source("phrasecut").data_set == "phrasecut"
    assert recipe.source("phrasecut").max_reject_share == 0.2


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("seed: 3", "sede: 3", 1, ["sede", "unknown key", "seed"]),
        ("{short_side: 64}", "{short_sid: 64}", 2, ["image.short_sid", "unknown key", "short_side"]),
        ("    root: data/pc", "    rooot: data/pc", 6, ["rooot", "unknown key", "root"]),
        ("    root: data/pc\n", "", 5, ["root", "is required"]),
        ("unit_bytes: 20KB", "unit_bytes: many", 3, ["unit_bytes"]),
        ("unit_bytes: 20KB", "unit_bytes: 0", 3, ["unit_bytes"]),
        ("seed: 3", "seed: [1]", 1, ["seed"]),
        ("short_side: 64", "short_side: -1", 2, ["image.short_side"]),
        ("tasks: [removal, addition]", "tasks: []", 7, ["tasks"]),
        ("tasks: [removal, addition]", "tasks: [removal, removal]", 7, ["named twice", "variants"]),
        ("name: phrasecut", "name: Phrase.Cut", 5, ["name", "a-z"]),
        ("inpaint: noop", "inpaint: {nam: noop}", 8, ["backends"]),
        ("inpaint: noop", "inpiant: noop", 8, ["backends.inpiant", "unknown key", "inpaint"]),
    ],
)
def test_a_wrong_field_is_named_with_its_line(tmp_path, before, after, line, words):
    assert before in GOOD
    message = complaint(tmp_path, GOOD.replace(before, after))
    assert f"line {line}," in message
    for word in words:
        assert word in message


def test_all_wrong_fields_are_named_at_once(tmp_path):
    message = complaint(tmp_path, GOOD.replace("seed: 3", "sede: 3").replace("20KB", "many"))
    assert "line 1," in message
    assert "line 3," in message


def test_a_list_of_nothing_but_errors_is_not_also_called_empty(tmp_path):
    message = complaint(tmp_path, GOOD.replace("name: phrasecut", "name: Phrase.Cut"))
    assert "at least" not in message
    message = complaint(tmp_path, "sources: []")
    assert message.endswith("sources: holds 0; give at least 1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["mapping"]),
        ("- 1\n", ["mapping"]),
        ("seed: [1\n", ["line 2", "not YAML"]),
        ("seed: 3\n", ["sources", "is required"]),
        ("a: &a [*a]\n", ["aliases"]),
        ("a: &a [1]\nb: &b [*a,*a]\nc: &c [*b,*b]\n" + "d: 2020-01-01\n", ["2020-01-01", "quotes"]),
        ("a: {1: 2}\n", ["1", "quotes"]),
        ("a: .nan\n", ["nan", "quotes"]),
        ("seed: !!python/object/apply:os.getcwd []\n", ["line 1", "not YAML"]),
        ("[" * 5000, ["not YAML"]),
    ],
)
def test_what_is_no_recipe_is_refused_in_words(tmp_path, text, words):
    message = complaint(tmp_path, text)
    for word in words:
        assert word in message


def test_a_missing_or_binary_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot read the recipe"):
        load_recipe(tmp_path / "nowhere.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot read the recipe"):
        load_recipe(tmp_path / "binary.yaml")


def test_two_sources_of_one_name_are_refused(tmp_path):
    twice = GOOD.replace("backends", "  - {name: phrasecut, root: x, tasks: [removal]}\nbackends")
    assert "two sources are named 'phrasecut'" in complaint(tmp_path, twice)


def test_set_changes_values_by_name_number_and_through_short_forms(tmp_path):
    recipe = loaded(
        tmp_path,
        GOOD,
        "image.short_side=128",
        "sources.phrasecut.split=val",
        "sources.0.max_reject_share=1",
        "sources.0.region.border=refuse",
        "backends.inpaint.options.radius=5",
        "seed=9",
    )
    source = recipe.source("phrasecut")
    assert (recipe.seed, recipe.image.short_side, source.split, source.max_reject_share) == (9, 128, "val", 1.0)
    assert source.region == {"border": "refuse"}
    assert recipe.backends["inpaint"].model_dump() == {"name": "noop", "options": {"radius": 5}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("seed", ["change seed", "path=value"]),
        ("=3", ["path=value"]),
        ("sources.nosuch.split=val", ["nosuch", "phrasecut"]),
        ("sources.7.split=val", ["7"]),
        ("seed.deep.er=1", ["seed.deep.er"]),
        ("seed.deep=1", ["seed.deep"]),
        ("image=[", ["change image=[", "YAML"]),
        ("image.short_side=big", ["image.short_side"]),
        ("nosuch=1", ["nosuch", "unknown key"]),
    ],
)
def test_a_wrong_change_is_refused_in_words(tmp_path, change, words):
    message = complaint(tmp_path, GOOD, change)
    for word in words:
        assert word in message


def test_home_and_variables_in_roots_are_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA", "/somewhere")
    monkeypatch.setenv("HOME", "/home/me")
    assert loaded(tmp_path, GOOD, "sources.0.root=$DATA/pc").sources[0].root == "/somewhere/pc"
    assert loaded(tmp_path, GOOD, "sources.0.root=~/pc").sources[0].root == "/home/me/pc"


def test_a_recipe_survives_json_and_yaml(tmp_path):
    recipe = Recipe.model_validate(recipe_values("data", source={"options": {"a": [1, 2.5, "x"]}}))
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(recipe.model_dump(mode="json")))
    assert load_recipe(path) == recipe


@pytest.mark.parametrize("split", ['"../.."', '""', '"*"', '"a/b"', '"a\\0b"', "../x", "."])
def test_a_split_that_is_a_path_or_a_pattern_is_refused(tmp_path, split):
    said = complaint(tmp_path, GOOD.replace("    tasks:", f"    split: {split}\n    tasks:"))
    assert "line 7" in said and "is no name of a split" in said
