"""PhraseCut: what must become of every kind of record."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.builders.sources._visual_genome import Picture
from ieiw.builders.sources.phrasecut import PhraseCut
from ieiw.triplets.errors import UsageError
from tests.support.source_case import SourceCase, draw_picture, square


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
            r"refer_train.json: invalid_json: .*ends inside",
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


@pytest.mark.parametrize(
    ("changes", "record_id", "names"),
    [
        ({"Polygons": [[[[float("nan"), 1], [2, 2], [3, 3]]]]}, "1__0", "`Polygons` holds a number that is not finite"),
        ({"ann_ids": [float("inf")]}, "1__0", "`ann_ids` holds a number that is not finite"),
        ({"Polygons": [[[[1, 2, 3]]]]}, "1__0", "Polygons"),
        ({"phrase": 3}, "1__0", "`phrase`|phrase"),
        ({"image_id": "one"}, "1__0", "image_id"),
        ({"image_id": True}, "1__0", "image_id"),
        ({"image_id": None}, "1__0", "image_id"),
        ({"task_id": 7}, "@0", "task_id"),
        ({"task_id": ""}, "@0", "task_id is empty"),
        ({"phrase_structure": {"name": ["bird"]}}, "1__0", "phrase_structure.name"),
    ],
)
def test_a_wrong_field_is_named_and_the_record_keeps_its_id(tmp_path, changes, record_id, names):
    write_layout(tmp_path, [task(0) | changes])
    source = PhraseCut(name="phrasecut", root=str(tmp_path), split="train", options={})
    (record,) = source.group(0)
    assert (record.id, record.fault.reason.value) == (record_id, "invalid_record")
    assert re.search(names, record.fault.detail)


def test_records_without_any_id_stay_apart(tmp_path):
    write_layout(tmp_path, [task(0, task_id=""), task(0, task_id=""), {}, {}, 3, 3])
    source = PhraseCut(name="phrasecut", root=str(tmp_path), split="train", options={})
    found = [record for index in range(source.group_count()) for record in source.group(index)]
    assert len({record.id for record in found}) == 6
    assert all(record.fault is not None for record in found)


def test_the_skip_list_speaks_only_of_records_that_are_there(tmp_path):
    skip = [{"task_id": "1__0", "reason": "Ambiguous Region"}, {"task_id": "9__9", "reason": "Wrong"}, "junk"]
    write_layout(tmp_path, [task(0), task(1)], skip=skip)
    source = PhraseCut(name="phrasecut", root=str(tmp_path), split="train", options={})
    faults = [record.fault for record in source.group(0)]
    assert (faults[0].reason.value, faults[0].detail, faults[1]) == ("skipped_by_publisher", "Ambiguous Region", None)
    write_layout(tmp_path, [task(0)], skip=[{"task_id": "1__0", "reason": ""}])
    (record,) = PhraseCut(name="phrasecut", root=str(tmp_path), split="train", options={}).group(0)
    assert "without a reason" in record.fault.detail


@given(owners=st.lists(st.integers(0, 5), min_size=1, max_size=40))
@settings(max_examples=25, deadline=None)
def test_groups_are_pictures_in_order_of_first_appearance(tmp_path_factory, owners):
    root = tmp_path_factory.mktemp("layout")
    write_layout(root, [task(number, image=image) for number, image in enumerate(owners)])
    source = PhraseCut(name="phrasecut", root=str(root), split="train", options={})
    groups = [list(source.group(index)) for index in range(source.group_count())]
    assert [group[0].group for group in groups] == [str(image) for image in dict.fromkeys(owners)]
    assert all({record.group for record in group} == {group[0].group} for group in groups)
    expected = [f"{image}__{n}" for first in dict.fromkeys(owners) for n, image in enumerate(owners) if image == first]
    assert [record.id for group in groups for record in group] == expected


def test_a_sound_record_carries_all_that_the_tasks_and_the_card_need(tmp_path):
    write_layout(tmp_path, [task(0)])
    source = PhraseCut(name="pc", root=str(tmp_path), split="train", options={})
    (record,) = source.group(0)
    assert (source.name, record.files, record.size, record.split) == (
        "pc",
        {"picture": "images/1.jpg"},
        (96, 64),
        "train",
    )
    assert record.annotation["phrase"] == "blue bird"
    assert record.licence == "u"


def test_a_record_is_told_how_others_name_its_very_outline(tmp_path):
    shared, apart = square(10, 20, 25), square(40, 20, 9)
    tasks = [task(0, "yellow shirt", polygons=[[shared]]), task(1, "man"), task(2, "men", polygons=[[shared], [apart]])]
    write_layout(tmp_path, [*tasks, task(3, "dog", polygons=[[square(60, 5, 9)]]), task(4, "cat", polygons=[["x"]])])
    source = PhraseCut(name="pc", root=str(tmp_path), split="train", options={})
    told = {record.id: record.annotation.get("namesakes") for record in source.group(0)}
    assert told == {
        "1__0": ["man", "men"],
        "1__1": ["shirt", "men"],
        "1__2": ["shirt", "man"],
        "1__3": None,
        "1__4": None,
    }


@pytest.mark.parametrize(
    ("url", "licence"),
    [
        ("https://cs.stanford.edu/people/rak248/VG_100K_2/1.jpg", "Visual Genome (CC BY 4.0), https://cs.stanford.edu"),
        ("https://images.example.org/7.jpg", "https://images.example.org/7.jpg"),
        ("", ""),
    ],
)
def test_a_licence_is_told_where_the_address_tells_it(url, licence):
    found = Picture(None, url, ()).licence
    assert found.startswith(licence) and bool(licence) == bool(found)


def test_an_unknown_option_is_named():
    with pytest.raises(UsageError, match="options.speed"):
        PhraseCut(name="phrasecut", root="x", split="train", options={"speed": 1})


def test_the_other_name_of_the_picture_list_is_known(tmp_path):
    write_layout(tmp_path, [task(0)])
    (tmp_path / "image_data_split.json").rename(tmp_path / "image_data_split3000.json")
    assert PhraseCut(name="phrasecut", root=str(tmp_path), split="train", options={}).group_count() == 1


def test_the_skip_list_may_be_of_bare_ids_and_nothing_else(tmp_path):
    write_layout(tmp_path, [task(0), task(1)], skip=["1__0"])
    source = PhraseCut(name="phrasecut", root=str(tmp_path), split="train", options={})
    faults = [record.fault and record.fault.reason.value for record in source.group(0)]
    assert faults == ["skipped_by_publisher", None]
    write_layout(tmp_path, [task(0)], skip=[["1__0"]])
    source = PhraseCut(name="phrasecut", root=str(tmp_path), split="train", options={})
    with pytest.raises(UsageError, match=r"skip\.json: wrong_schema: element 0"):
        list(source.group(0))
