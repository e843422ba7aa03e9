"""PhraseCut: what must become of every kind of record."""

import json

import pytest

from builders.sources.phrasecut import PhraseCut
from tests.support.source_case import SourceCase, draw_picture, square
from triplets.reasons import UsageError


def task(number, phrase="blue bird", image=1, polygons=None, **changes):
    entry = {
        "task_id": f"{image}__{number}",
        "image_id": image,
        "ann_ids": [number],
        "instance_boxes": [[0, 0, 1, 1]],
        "Polygons": [[square(10, 20, 25)]] if polygons is None else polygons,
        "phrase": phrase,
        "phrase_structure": {"name": phrase.split()[-1] if phrase.split() else "", "attributes": [], "type": "name"},
    }
    return entry | changes


def write_layout(root, tasks, skip=()):
    draw_picture(root / "images" / "1.jpg")
    pictures = [{"image_id": n, "width": 96, "height": 64, "url": "u", "split": "train"} for n in (1, 2)]
    (root / "image_data_split.json").write_text(json.dumps(pictures))
    (root / "skip.json").write_text(json.dumps(list(skip)))
    text = tasks if isinstance(tasks, str) else json.dumps(tasks)
    (root / "refer_train.json").write_text(text)


class TestPhraseCut(SourceCase):
    dataset, split = "phrasecut", "train"
    records, built = 11, 4
    faults = {
        "duplicate_record": 1, "skipped_by_publisher": 1, "unknown_picture": 1, "empty_phrase": 1, "invalid_record": 4,
    }  # fmt: skip

    def write(self, root):
        broken = [
            task(6, Polygons=[[[["x", 1]]]]),
            task(7, phrase_structure=None),
            {"image_id": 1},
            "not an object",
        ]
        sound = [task(0), task(1, "green tree"), task(2, image=2)]
        bad = [task(0), task(3), task(4, image=77), task(5, "  ")]
        write_layout(root, sound + bad + broken, skip=[{"task_id": "1__3", "reason": "Ambiguous Region"}])


@pytest.mark.parametrize(
    ("polygons", "reason"),
    [
        ([], "region_empty"),
        ([[]], "region_empty"),
        ([[[[5, 5], [40, 40]]]], "region_empty"),
        ([[[[5, 5], [20, 5], [60, 5]]]], "region_empty"),
        ([[square(500, 500, 30)]], "region_outside"),
        ([[square(80, 50, 60)]], "region_outside"),
        ([[square(1e9, 1, 60)]], "region_outside"),
        ([[square(10, 10, 3)]], "region_too_small"),
        ([[square(0, 0, 64)]], "region_too_large"),
        ([[[[5, 10], [90, 10], [90, 14], [5, 14]]]], "region_too_thin"),
    ],
)
def test_regions_that_make_no_pair_are_refused_by_name(tmp_path, polygons, reason):
    from tests.support.unit import verdicts

    write_layout(tmp_path, [task(0, polygons=polygons)])
    assert {verdict.reason.value for verdict in verdicts("phrasecut", tmp_path, "train")} == {reason}


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            lambda root: (root / "refer_train.json").unlink(),
            r"refer_train.json is missing. Splits that are there: none",
        ),
        (lambda root: (root / "image_data_split.json").unlink(), r"image_data_split.json is missing"),
        (
            lambda root: (root / "refer_train.json").write_text('[{"a": 1}, {"b"'),
            r"refer_train.json: invalid_json: ends inside",
        ),
        (lambda root: (root / "refer_train.json").write_text('{"a": 1}'), r"refer_train.json: wrong_schema"),
        (lambda root: (root / "image_data_split.json").write_text("{}"), r"image_data_split.json: wrong_schema"),
        (lambda root: (root / "images").rename(root / "pictures"), r"picture folder images is missing"),
    ],
)
def test_what_is_missing_or_broken_as_a_whole_is_one_clear_error(tmp_path, damage, message):
    root = tmp_path / "VGPhraseCut_v0"
    root.mkdir()
    write_layout(root, [task(0)])
    (root / "images").mkdir(exist_ok=True)
    damage(root)
    source = PhraseCut(name="phrasecut", root=str(root), split="train", options={})
    with pytest.raises(UsageError, match=message):
        for index in range(source.group_count()):
            list(source.group(index))


def test_the_parent_folder_given_as_root_is_recognised(tmp_path):
    root = tmp_path / "VGPhraseCut_v0"
    root.mkdir()
    write_layout(root, [task(0)])
    with pytest.raises(UsageError, match="Did you mean root: .*VGPhraseCut_v0"):
        PhraseCut(name="phrasecut", root=str(tmp_path), split="train", options={}).group_count()


def test_a_repeated_task_id_keeps_the_first_and_counts_every_other(tmp_path):
    write_layout(tmp_path, [task(0), task(0, "green tree"), task(0, "red car")])
    source = PhraseCut(name="phrasecut", root=str(tmp_path), split="train", options={})
    records = list(source.group(0))
    assert [(record.id, record.fault is None) for record in records] == [
        ("1__0", True),
        ("1__0#2", False),
        ("1__0#3", False),
    ]


def test_the_other_name_of_the_picture_list_is_known(tmp_path):
    write_layout(tmp_path, [task(0)])
    (tmp_path / "image_data_split.json").rename(tmp_path / "image_data_split3000.json")
    assert PhraseCut(name="phrasecut", root=str(tmp_path), split="train", options={}).group_count() == 1
