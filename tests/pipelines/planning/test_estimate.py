"""``ieiw plan``: every source's line, what an epoch comes to, and all that is missing at once."""

import json
import re
from pathlib import Path

import pytest
import yaml

from ieiw.builders.benchmark_overlap import evaluations_looking_alike, evaluations_sharing
from ieiw.pipelines.planning.estimate import estimate
from ieiw.pipelines.recipe.check import check, problems
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.recipe.fingerprint import fingerprint
from ieiw.pipelines.recipe.load import load_recipe
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.recipe import Recipe
from tests.support.phrasecut_folder import Folder, write_phrasecut

RECIPES = Path(__file__).parents[3] / "recipes"
SHIPPED = sorted(path for path in RECIPES.glob("*.yaml") if not path.name.startswith("train-"))


@pytest.fixture
def root(tmp_path):
    return write_phrasecut(tmp_path / "pc", Folder(pictures=4, phrases=2))


def recipe(root, tmp_path):
    there = {"name": "phrasecut", "root": str(root), "tasks": ["removal", "addition"], "weight": 2.5}
    gone = {"name": "gopro", "root": str(tmp_path / "nowhere"), "tasks": ["deblur"], "weight": 0.3, "expected": 101}
    later = {"name": "web", "dataset": "ieiw-web", "root": "x", "tasks": ["edit"], "expected": 10}
    wrong = {"name": "sidd", "root": str(root), "tasks": ["denoise"], "task_options": {"denoise": {"veiw": "scaled"}}}
    return Recipe.model_validate({"sources": [gone, there, later, wrong], "backends": {"inpaint": "telea"}})


def test_what_is_there_is_counted_and_what_is_not_says_why(root, tmp_path):
    lines = {line.name: line for line in estimate(recipe(root, tmp_path))}
    there = lines["phrasecut"]
    assert (there.records, there.attempts, there.triplets, there.epoch) == (8, 16, 16, 40)
    assert there.bytes > 0 and there.core_seconds > 0 and not there.missing
    assert (lines["gopro"].epoch, lines["gopro"].triplets) == (30, 0)  # int(101 * 0.3)
    assert "nowhere" in lines["gopro"].missing
    assert "51,000" not in lines["web"].missing and "cannot be built by this version yet" in lines["web"].missing
    assert "task_options.denoise.veiw" in lines["sidd"].missing
    assert "refcoco val" in there.unheld


def test_all_that_is_wrong_is_one_error_that_names_every_source(root, tmp_path):
    with pytest.raises(UsageError) as caught:
        check(Components(recipe(root, tmp_path)))
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("3 entries")
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["source gopro", "source web", "source sidd"]


def test_pictures_that_were_not_unpacked_are_told_before_the_build(root, tmp_path):
    def line():
        return next(each for each in estimate(recipe(root, tmp_path)) if each.name == "phrasecut")

    assert line().lacking == ""
    (root / "images").rename(root / "pictures")
    (root / "images").mkdir()
    assert line().lacking.startswith("images/")
    assert line().triplets == 16


def test_a_damaged_annotation_file_does_not_hide_the_other_sources(root, tmp_path):
    (root / "refer_train.json").write_text('[{"task_id": ')
    damaged = recipe(root, tmp_path)
    lines = {line.name: line for line in estimate(damaged)}
    assert "refer_train.json" in lines["phrasecut"].missing and "nowhere" in lines["gopro"].missing


def test_rules_of_regions_that_no_task_would_follow_are_refused(root):
    source = {"name": "phrasecut", "root": str(root), "region": {"min_share": 0.1}}
    lines = [
        estimate(Recipe.model_validate({"sources": [source | {"tasks": tasks}]}))[0]
        for tasks in (["refer"], ["refer", "removal"])
    ]
    assert lines[0].missing.startswith("source phrasecut: region: for removal and addition; the source's tasks: refer.")
    assert not lines[1].missing


def test_a_message_that_names_its_source_is_not_given_the_name_again(root, monkeypatch):
    def fail(*_, **__):
        raise UsageError("source phrasecut: split 'x' is unknown")

    monkeypatch.setattr("ieiw.pipelines.planning.estimate.units_of", fail)
    wrong = Recipe.model_validate({"sources": [{"name": "phrasecut", "root": str(root), "tasks": ["refer"]}]})
    assert estimate(wrong)[0].missing == "source phrasecut: split 'x' is unknown"


@pytest.mark.parametrize("out", ["", "planned"])
def test_a_source_without_records_is_told_as_a_build_would(root, tmp_path, out):
    (root / "refer_train.json").write_text("[]")
    empty = Recipe.model_validate({"sources": [{"name": "phrasecut", "root": str(root), "tasks": ["refer"]}]})
    told = f"source phrasecut: split 'train' of {root} holds no records"
    if out:
        with pytest.raises(UsageError, match=re.escape(told)):
            estimate(empty, str(tmp_path / out))
    else:
        assert estimate(empty)[0].missing.startswith(told)


def test_missing_weights_of_the_inpainter_are_one_complaint_and_do_not_touch_other_sources(root, tmp_path, monkeypatch):
    monkeypatch.delenv("LAMA_MODEL", raising=False)
    values = recipe(root, tmp_path).model_dump() | {"backends": {"inpaint": {"name": "lama"}}}
    complaints = problems(Components(Recipe.model_validate(values)))
    assert set(complaints) == {"gopro", "web", "sidd", "backends inpaint"}
    assert "LAMA_MODEL" in complaints["backends inpaint"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_recipes_are_right_but_for_the_data(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # `make demo` may have left its data in the checkout
    monkeypatch.delenv("LAMA_MODEL", raising=False)
    loaded = load_recipe(path)
    told = problems(Components(loaded))
    mendable = ("no such folder", "this version", "no complete gallery", "options.weights nor")
    assert all(any(words in complaint for words in mendable) for complaint in told.values()), told
    # Without their data sets: no source is silently there.
    assert {settings.name for settings in loaded.sources} <= told.keys()


def test_the_paper_s_mixture_comes_to_its_groups():
    lines = {line.name: line.epoch for line in estimate(load_recipe(RECIPES / "paper.yaml"))}
    groups = {
        "key points": ["mpii", "coco-keypoints", "crowdpose", "aic"],
        "segmentation": ["coco-stuff", "grefcoco", "refcoco"],
        "restoration": ["gopro", "reds", "sidd", "clwd"],
        "editing": ["instructpix2pix", "gier", "gqa-inpaint", "magicbrush", "phrasecut", "replacement", "web"],
    }
    sums = {group: sum(lines[name] for name in names) for group, names in groups.items()}
    assert round(sums["key points"], -3) == 245_000
    assert round(sums["segmentation"], -3) == 239_000
    assert round(sums["restoration"], -2) == 27_400
    assert round(sums["editing"], -3) == 420_000
    assert lines.keys() == {name for names in groups.values() for name in names}


def test_the_paper_s_mixture_holds_out_all_that_the_paper_evaluates_on():
    loaded = load_recipe(RECIPES / "paper.yaml")
    held = {(entry.dataset, entry.split): entry for entry in loaded.hold_out}
    covered = {("coco-instances", "val2017")}  # by coco-stuff's val2017
    no_evaluation_of_the_paper = {"crowdpose", "mpii", "aic", "clwd", "phrasecut"}
    for source in loaded.sources:
        alike = evaluations_looking_alike(source.data_set, source.split)
        shared = evaluations_sharing(source.data_set, source.split)
        left = {each for each in [*alike, *shared] if each[0] not in no_evaluation_of_the_paper} - held.keys() - covered
        assert not left, (source.name, left)
        assert all(held[each].distance == 6 for each in alike if each in held)


def test_ieiw_has_its_three_resources():
    lines = {line.name: line for line in estimate(load_recipe(RECIPES / "ieiw.yaml"))}
    assert [line.expected for line in lines.values()] == [85_000, 51_000, 23_000]
    assert sum(line.epoch for line in lines.values()) == 159_000


def test_weight_and_expected_are_for_plans_and_no_part_of_a_build(root):
    values = {"name": "phrasecut", "root": str(root), "tasks": ["removal"]}
    plain, weighted = (
        Recipe.model_validate({"sources": [values | more], "backends": {"inpaint": "telea"}})
        for more in ({}, {"weight": 0.2, "expected": 7})
    )
    assert fingerprint(Components(plain), "phrasecut", {}) == fingerprint(Components(weighted), "phrasecut", {})
    with pytest.raises(ValueError, match="weight"):
        Recipe.model_validate({"sources": [values | {"weight": 0}]})


INSTRUCTIONS = {
    "kind": "removal",
    "templates": ["make {the} go away", "no {the}, please"],
    "provenance": {"writer": "x"},
}


def test_a_recipe_brings_the_templates_of_a_file_and_a_build_keeps_them(root, tmp_path):
    (tmp_path / "removal.yaml").write_text(yaml.safe_dump(INSTRUCTIONS))
    path = tmp_path / "recipe.yaml"
    values = {
        "sources": [{"name": "phrasecut", "root": str(root), "tasks": ["removal"]}],
        "backends": {"inpaint": "telea"},
    }
    path.write_text(yaml.safe_dump(values | {"instructions": {"removal": "removal.yaml"}}))
    loaded = load_recipe(path)
    assert loaded.instructions["removal"].templates == ("make {the} go away", "no {the}, please")
    assert Recipe.model_validate(json.loads(loaded.model_dump_json())) == loaded
    plain = Recipe.model_validate(values)
    assert fingerprint(Components(plain), "phrasecut", {}) != fingerprint(Components(loaded), "phrasecut", {})


def test_templates_of_another_task_are_refused(root):
    source = {"name": "phrasecut", "root": str(root), "tasks": ["removal"]}
    with pytest.raises(ValueError, match="deblur: the file holds instructions for denoise"):
        Recipe.model_validate(
            {"sources": [source], "instructions": {"deblur": {"kind": "denoise", "templates": ["no grain, please"]}}}
        )


@pytest.mark.parametrize(
    ("kind", "template", "words"),
    [
        ("removal", "erase it", "{the}"),
        ("removal", "erase {the} {color}", "{the}"),
        ("removel", "erase {the}", "Known"),
    ],
)
def test_templates_that_cannot_be_filled_are_refused(tmp_path, root, kind, template, words):
    path = tmp_path / "recipe.yaml"
    source = {"name": "phrasecut", "root": str(root), "tasks": ["removal"]}
    brought = {kind: {"templates": [template]}}
    path.write_text(yaml.safe_dump({"sources": [source], "instructions": brought}))
    with pytest.raises(UsageError, match=r"recipe.yaml, line \d+, instructions") as caught:
        load_recipe(path)
    assert words in str(caught.value)


@pytest.mark.parametrize("held", [[], [{"file": "held.txt"}]])
def test_a_task_that_its_source_cannot_feed_is_told_before_anything_is_counted_or_written(
    root, tmp_path, monkeypatch, held
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "held.txt").write_text("coco:1\n")
    source = {"name": "phrasecut", "root": str(root), "tasks": ["depth", "removal"]}
    recipe = Recipe.model_validate({"sources": [source], "hold_out": held})
    (line,) = estimate(recipe)
    assert "task depth needs a depth map" in line.missing and "fit: addition, refer, removal" in line.missing
    with pytest.raises(UsageError, match="source phrasecut: task depth needs"):
        estimate(recipe, str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("out", ["", "planned"])
def test_what_is_known_to_be_refused_is_counted_by_reason(tmp_path, out):
    root = write_phrasecut(tmp_path / "pc", Folder(pictures=4, phrases=3, skipped=2))
    source = {"name": "phrasecut", "root": str(root), "tasks": ["removal", "refer"], "variants": 2}
    values = {"sources": [source | {"region": {"pairs_per_picture": 1}}], "backends": {"inpaint": "telea"}}
    (line,) = estimate(Recipe.model_validate(values), out and str(tmp_path / out))
    skipped, capped = (
        2 * 2 * 2,
        (3 * 4 - 2 - 4) * 2,
    )  # records × tasks × variants; records beyond one a picture × variants
    assert line.refused == {"skipped_by_publisher": skipped, "picture_cap": capped}
    assert line.faults == skipped + capped
    assert line.triplets == line.attempts - line.faults == 48 - skipped - capped


@pytest.mark.parametrize("out", ["", "planned"])
def test_variants_that_must_repeat_themselves_are_told_from_the_first_records(root, tmp_path, out):
    def line(variants):
        source = {"name": "phrasecut", "root": str(root), "tasks": ["removal", "refer"], "variants": variants}
        values = {"sources": [source], "backends": {"inpaint": "telea"}, "image": {"short_side": 32}}
        return estimate(Recipe.model_validate(values), out and str(tmp_path / f"{out}-{variants}"))[0]

    assert line(1).repeated == {}
    found = line(16).repeated
    assert set(found) <= {"removal", "refer"} and 0 < found["removal"] < 1
