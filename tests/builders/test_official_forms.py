"""Forms that official files take beyond the plainest one, and damage in them: what is there is read, nothing is lost."""

import json
import pickle

import numpy as np
import pytest
import scipy.io
from pycocotools import mask as coco

from ieiw.builders import catalogue
from ieiw.builders.formats.coco_masks import segmentation_mask
from ieiw.triplets.errors import UsageError
from ieiw.triplets.rejects import Refusal
from tests.support.source_case import SourceCase, draw_picture


def records(dataset, root, split, **options):
    source = catalogue.source(dataset, name=dataset, root=str(root), split=split, options=options)
    return [record for index in range(source.group_count()) for record in source.group(index)]


def run_lengths(*boxes, size=(96, 64)):
    """Compressed run lengths of boxes (left, top, right, bottom), one dictionary for each."""
    found = []
    for left, top, right, bottom in boxes:
        mask = np.zeros((size[1], size[0]), np.uint8, order="F")
        mask[top:bottom, left:right] = 1
        runs = coco.encode(mask)
        found.append({"size": runs["size"], "counts": runs["counts"].decode()})
    return found


def objects_of(root, changes):
    """Detection records of a picture with three dogs and a cat; ``changes`` are made to the first dog (None: taken away)."""
    dog = {"image_id": 7, "category_id": 1, "iscrowd": 0, "segmentation": [[9, 9, 29, 9, 29, 29]]}
    things = [dog | {"id": number, "bbox": [number, 9, 20, 20]} for number in (1, 2, 3)]
    things += [dog | {"id": 4, "category_id": 2, "bbox": [50, 9, 20, 20]}]
    things[0] = {key: value for key, value in (things[0] | changes).items() if value != "gone"}
    held = {
        "images": [{"id": 7, "file_name": "7.jpg", "width": 96, "height": 64}],
        "annotations": things,
        "categories": [{"id": 1, "name": "dog"}, {"id": 2, "name": "cat"}],
    }
    (root / "annotations").mkdir()
    (root / "annotations" / "instances_val2017.json").write_text(json.dumps(held))
    found = records("coco-instances", root, "val2017", records="classes")
    return {record.id: record.fault and (record.fault.reason.value, record.fault.detail) for record in found}


PLACE = "annotations/instances_val2017.json annotations[0]: "


@pytest.mark.parametrize(
    ("changes", "reason", "said"),
    [
        ({"bbox": [float("nan"), 9, 20, 20]}, "invalid_record", "`bbox` holds a number that is not finite"),
        ({"bbox": [1, 9, -20, 20]}, "invalid_record", "bbox is not x, y, width, height with an area"),
        ({"bbox": "gone"}, "invalid_record", "bbox is not x, y, width, height with an area"),
        (
            {"bbox": [-50, -50, 1e9, 1e9]},
            "region_outside",
            "bbox [-50.0, -50.0, 1000000000.0, 1000000000.0] lies mostly",
        ),
        ({"bbox": [90, 9, 20, 20]}, "region_outside", "bbox [90.0, 9.0, 20.0, 20.0] lies mostly outside the picture"),
        ({"segmentation": None}, "invalid_record", "Expected `object | array`, got `null` - at `segmentation`"),
    ],
)
def test_what_is_wrong_with_one_object_is_wrong_with_its_class_alone(tmp_path, changes, reason, said):
    found = objects_of(tmp_path, changes)
    assert list(found) == ["1", "7/2"]
    assert found["7/2"] is None
    assert found["1"][0] == reason
    assert found["1"][1].startswith(PLACE + said)


def test_objects_of_no_class_or_no_picture_are_records_of_their_own(tmp_path):
    found = objects_of(tmp_path, {"category_id": "gone"})
    assert {number: fault and fault[0] for number, fault in found.items()} == {
        "1": "invalid_record",
        "7/1": None,
        "7/2": None,
    }


def test_run_lengths_of_a_single_object_are_no_crowd(tmp_path):
    assert objects_of(tmp_path, {"segmentation": run_lengths((1, 9, 21, 29))[0]}) == {"7/1": None, "7/2": None}
    annotated = json.loads((tmp_path / "annotations" / "instances_val2017.json").read_text())
    del annotated["annotations"][1:3]
    (tmp_path / "annotations" / "instances_val2017.json").write_text(json.dumps(annotated))
    first, second = records("coco-instances", tmp_path, "val2017")
    assert first.fault.detail == PLACE + "segmentation is run lengths, polygons are needed"
    assert second.fault is None
    (tmp_path / "images" / "val2017").mkdir(parents=True)
    assert records("coco-instances", tmp_path, "val2017")[1].files == {"picture": "images/val2017/7.jpg"}


def test_a_list_of_run_lengths_is_the_union_of_its_parts():
    parts = run_lengths((10, 10, 30, 40), (50, 20, 90, 60))
    mask = segmentation_mask(parts, (96, 64))
    assert mask.sum() == 20 * 30 + 40 * 40
    assert mask[10, 10] and mask[59, 89] and not mask[15, 40]
    mixed = segmentation_mask([*parts, [0, 0, 8, 0, 8, 8, 0, 8]], (96, 64))
    assert mixed[2, 2] and mixed[10, 10]
    with pytest.raises(Refusal, match="mask_size_mismatch"):
        segmentation_mask(parts, (64, 96))


class TestRefClefOfRunLengths(SourceCase):
    """As `refer` ships RefClef: lists of run lengths, splits that share their test sets, pictures not named by their refs."""

    dataset, split, tasks = "refclef", "testA", ("refer",)
    records, built = 2, 2

    def write(self, root):
        (root / "refclef").mkdir()
        boxes = {1: [(10, 10, 50, 50)], 2: [(5, 5, 30, 30), (50, 30, 90, 60)]}
        things = [
            {"id": number, "image_id": 7, "category_id": 4, "segmentation": run_lengths(*found), "bbox": [5, 5, 40, 40]}
            for number, found in boxes.items()
        ]
        images = [{"id": 7, "file_name": "7.jpg", "width": 96, "height": 64}]
        held = {"images": images, "annotations": things, "categories": [{"id": 4, "name": "hut"}]}
        (root / "refclef" / "instances.json").write_text(json.dumps(held))
        refs = [
            {
                "ref_id": number, "ann_id": 1 + number % 2, "category_id": 4, "file_name": f"7_{number}.jpg",
                "image_id": 7, "split": split, "sent_ids": [number],
                "sentences": [{"raw": "the hut", "sent": "the hut", "sent_id": number, "tokens": ["the", "hut"]}],
            }
            for number, split in enumerate(("testA", "testAC", "testB", "train"))
        ]  # fmt: skip
        (root / "refclef" / "refs(unc).p").write_bytes(pickle.dumps(refs, 2))
        draw_picture(root / "images" / "saiapr_tc-12" / "7.jpg")

    def test_test_is_all_of_the_test_splits(self, root):
        assert [record.id for record in records("refclef", root, "test")] == ["0", "1", "2"]
        assert [record.id for record in records("refclef", root, "testC")] == ["1"]
        assert [record.id for record in records("refclef", root, "train")] == ["3"]


def test_a_picture_that_the_release_of_mpii_holds_twice_is_used_once(tmp_path):
    head = {"x1": 1, "y1": 1, "x2": 9, "y2": 9}
    pictures = np.zeros((1, 3), [("image", object), ("annorect", object)])
    for at, name in enumerate(("a.jpg", "b.jpg", "a.jpg")):
        pictures[0, at] = ({"name": name}, head)
    release = {"annolist": pictures, "img_train": [1, 1, 1]}
    scipy.io.savemat(tmp_path / "mpii_human_pose_v1_u12_1.mat", {"RELEASE": release})
    found = [(record.id, record.fault.reason.value) for record in records("mpii", tmp_path, "train")]
    assert found == [("a.jpg/0", "no_key_points"), ("b.jpg/0", "no_key_points"), ("a.jpg#2/0", "duplicate_record")]


@pytest.mark.parametrize("byte", [0, 7, 255])
def test_a_damaged_release_of_mpii_is_one_error_whatever_its_reader_raises(tmp_path, byte):
    file = tmp_path / "mpii_human_pose_v1_u12_1.mat"
    scipy.io.savemat(file, {"RELEASE": {"annolist": {"image": {"name": "a.jpg"}}, "img_train": [1]}})
    data = bytearray(file.read_bytes())
    data[144] = byte  # the class of the variable: one that its reader does not know
    file.write_bytes(data)
    with pytest.raises(UsageError, match="mpii_human_pose_v1_u12_1.mat"):
        records("mpii", tmp_path, "train")


def test_what_a_mac_packs_beside_each_file_is_no_picture(tmp_path):
    for name in ("pug_1", "pug_2", "beagle_1"):
        draw_picture(tmp_path / "images" / f"{name}.jpg")
        (tmp_path / "images" / f"._{name}.jpg").write_bytes(b"\0\5\x16\7" + bytes(200))
    (tmp_path / "images" / ".DS_Store").write_bytes(bytes(50))
    assert [record.id for record in records("oxford-pet", tmp_path, "all")] == ["beagle_1", "pug_1", "pug_2"]


def test_endings_in_capitals_are_found(tmp_path):
    for name in ("pug_1.JPG", "pug_2.jpg"):
        draw_picture(tmp_path / "images" / name)
    source = catalogue.source("oxford-pet", name="pets", root=str(tmp_path), split="all", options={})
    found = [record for index in range(source.group_count()) for record in source.group(index)]
    assert [record.id for record in found] == ["pug_1", "pug_2"]
    assert [len(source.read(record.files["picture"])) > 100 for record in found] == [True, True]
    (tmp_path / "images" / "pug_2.jpg").unlink()
    with pytest.raises(Refusal, match="picture_missing"):
        source.read("images/pug_2.jpg")


@pytest.mark.parametrize("categories", [None, [], [{"id": "x"}]])
def test_a_class_list_that_cannot_be_used_is_met_before_anything_is_built(tmp_path, categories):
    draw_picture(tmp_path / "val2017" / "7.jpg")
    held = {"images": [], "annotations": []} | ({} if categories is None else {"categories": categories})
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "stuff_val2017.json").write_text(json.dumps(held))
    with pytest.raises(UsageError, match="stuff_val2017.json.*categories"):
        records("coco-stuff", tmp_path, "val2017", form="json")


def test_a_damaged_table_of_ade_is_met_before_anything_is_built(tmp_path):
    draw_picture(tmp_path / "images" / "validation" / "a.jpg")
    (tmp_path / "annotations" / "validation").mkdir(parents=True)
    (tmp_path / "annotations" / "validation" / "a.png").write_bytes(b"")
    (tmp_path / "objectInfo150.txt").write_text("Idx\tName\nx\ty\n")
    with pytest.raises(UsageError, match="objectInfo150.txt: not the challenge's table"):
        catalogue.source("ade20k-150", name="ade", root=str(tmp_path), split="validation", options={}).group_count()


@pytest.mark.parametrize("number", [True, 2**70, [1], None, "5"])
def test_a_class_number_that_is_none_names_no_class_of_ade(tmp_path, number):
    folder = tmp_path / "images" / "ADE" / "training" / "street"
    draw_picture(folder / "a.jpg")
    things = [{"name_ndx": at, "name": name, "parts": {"part_level": 0}} for at, name in ((number, "odd"), (3, "tree"))]
    (folder / "a.json").write_text(json.dumps({"annotation": {"object": things}}))
    source = catalogue.source("ade20k-847", name="ade", root=str(tmp_path), split="training", options={})
    assert source.group_count() == 1
    assert b"tree" in source.read("@classes") and b"odd" not in source.read("@classes")


def test_a_number_that_is_none_costs_its_scene_of_gqa_not_all(tmp_path):
    thing = {"name": "dog", "attributes": [], "relations": [], "bbox": [0, 0, 9, 9], "bidirected": True}
    scene = {"width": 96, "height": 64, "objects": {"1": thing}}
    scenes = {
        "7": scene | {"objects": {"1": thing | {"bbox": [float("nan")] * 4}}},  # nobody asks for it
        "8": scene | {"width": float("nan"), "height": 10**30},
        "9": scene,
    }
    (tmp_path / "train_scenes.json").write_text("\ufeff" + json.dumps(scenes), encoding="utf-8")
    found = records("gqa-inpaint", tmp_path, "train", edits="removal")
    assert [(record.group, record.fault and record.fault.reason) for record in found] == [
        ("7", None),
        ("8", "invalid_record"),
        ("9", None),
    ]
