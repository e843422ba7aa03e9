"""The reviews in docs/review hold for what is built today; and how a row that does not is told."""

import csv
import io
import os

import pytest

from bench.reviews import COLUMNS, FOLDER, MOST, built, faults_of, main, of_data_set, read_review, renewed, told
from bench.samples import SAMPLES
from ieiw.pipelines.recipe.load import load_recipe
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.recipe import Recipe

needs_samples = pytest.mark.skipif(
    not os.environ.get("IEIW_REAL_DATA"), reason="needs IEIW_REAL_DATA, the folder of real samples"
)


def row(key, instruction="mark the sky", record="r", source="s", target=""):
    made = {"key": key, "task": "segment", "record": record, "instruction": instruction, "source": source}
    return made | {"source_sha256": "1", "target_sha256": target or key}


def built_rows(*rows):
    return {each["key"]: each for each in rows}


def written(tmp_path, *rows, columns=COLUMNS):
    path = tmp_path / "s.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def looked_at(key, instruction="mark the sky", verdict="right", reason="good"):
    task = {"task": "segment", "record": "r", "instruction": instruction}
    return {"key": key, **task, "verdict": verdict, "reason": reason}


def test_rows_that_hold_are_not_told(tmp_path):
    path = written(tmp_path, looked_at("a"), looked_at("b", verdict="wrong", reason="label noise"))
    assert faults_of(path, built_rows(row("a"), row("b"), row("c"))) == []


def test_every_way_to_rot_is_told(tmp_path):
    path = written(
        tmp_path,
        looked_at("gone"),
        looked_at("said", "mark the sea"),
        looked_at("unseen", verdict="", reason=""),
        looked_at("mute", reason=""),
        looked_at("twice"),
        looked_at("twice"),
    )
    faults = faults_of(path, built_rows(*map(row, ("said", "unseen", "mute", "twice"))))
    assert faults == [
        "gone: not built any more",
        "said: says now: mark the sky",
        "unseen: without verdict",
        "mute: without reason",
        "1 keys stand there twice",
    ]


def test_a_file_of_another_form_is_told_at_once(tmp_path):
    path = written(tmp_path, {"key": "a", "verdict": "right", "reason": ""}, columns=("key", "verdict", "reason"))
    assert faults_of(path, built_rows(row("a"))) == ["no column task, record, instruction"]


def test_renewing_keeps_what_holds_and_asks_about_the_rest():
    rows = built_rows(row("a"), row("b", "mark the sea"), row("c", record="q"), row("d", record="q", target="c"))
    review = [looked_at("a"), looked_at("b"), looked_at("gone")]
    found = list(csv.DictReader(io.StringIO(renewed(review, rows))))
    assert [(each["key"], each["verdict"]) for each in found] == [
        ("c", ""),
        ("a", "right"),
        ("b", ""),
    ]  # d looks like c


def test_a_review_grows_no_longer_than_a_person_can_look_at():
    rows = built_rows(*(row(f"k{number:03}") for number in range(2 * MOST)))
    assert renewed([], rows).count("\n") == MOST + 1


def test_rows_are_found_by_data_set_and_an_unknown_one_is_named():
    source = {"name": "coco-val", "dataset": "coco-stuff", "root": "/x", "tasks": ["segment"]}
    recipe = Recipe.model_validate({"sources": [source]})
    rows = built_rows(row("a", source="coco-val"), row("b", source="other"))
    assert list(of_data_set("coco-stuff", recipe, rows)) == ["a"]
    with pytest.raises(UsageError, match="no source reads 'gopro'"):
        of_data_set("gopro", recipe, rows)


def test_without_samples_it_says_what_to_set(monkeypatch, capsys):
    monkeypatch.delenv("IEIW_REAL_DATA", raising=False)
    assert main([]) == 2
    assert "IEIW_REAL_DATA" in capsys.readouterr().err


def test_every_key_is_of_a_source_that_the_recipe_builds():
    sources = load_recipe(FOLDER / "review.yaml").sources
    with_masks = {sample.dataset for sample in SAMPLES} - {"refclef"}
    assert {source.data_set for source in sources if source.tasks != ("replacement",)} == with_masks
    names = {source.name for source in sources}
    for path in FOLDER.glob("*.csv"):
        review = read_review(path)
        assert review, path.name
        assert {row["key"].rpartition("-")[0] for row in review} <= names, path.name


def test_a_review_in_a_line():
    assert told([looked_at("a"), looked_at("b", verdict="wrong"), looked_at("c")]) == "3 looked at, 2 right"


@needs_samples
def test_no_review_has_rotted(tmp_path):
    _, rows = built(tmp_path / "build")
    faults = {path.name: found for path in FOLDER.glob("*.csv") if (found := faults_of(path, rows))}
    assert faults == {}, "look at these again: python -m bench.reviews --renew NAME"
