"""COCO instances: the ten lines of docs/add-a-dataset.md."""

import json

import numpy as np
import pytest
from pycocotools import mask as coco

from ieiw.builders import catalogue
from ieiw.builders.formats.coco_masks import segmentation_mask
from ieiw.triplets.images.masks import from_rle
from tests.support.label_maps import run_lengths
from tests.support.source_case import SourceCase, draw_picture, read_records, square, write_json
from tests.support.unit import verdicts


class TestCocoInstances(SourceCase):
    dataset, split = "coco-instances", "train2017"
    records, faults, built = 5, {"ambiguous": 2, "crowd": 1, "unknown_picture": 1}, 2

    def write(self, root):
        draw_picture(root / "train2017" / "7.jpg")
        objects = [(1, 7, 1, 0), (2, 7, 2, 0), (3, 7, 2, 0), (4, 7, 3, 1), (5, 99, 1, 0)]
        annotations = [
            {"id": i, "image_id": picture, "category_id": kind, "iscrowd": crowd,
             "segmentation": [sum(square(10 * i, 20, 18), [])]}
            for i, picture, kind, crowd in objects
        ]  # fmt: skip
        document = {
            "images": [{"id": 7, "file_name": "7.jpg", "width": 96, "height": 64}],
            "annotations": annotations,
            "categories": [{"id": 1, "name": "dog"}, {"id": 2, "name": "person"}, {"id": 3, "name": "book"}],
        }
        (root / "annotations").mkdir()
        (root / "annotations" / "instances_train2017.json").write_text(json.dumps(document))


def outlines(tmp_path, name, parts, records="objects"):
    """The one record of a picture of 300 x 100 with one annotation of several polygons."""
    annotation = {"id": 1, "image_id": 7, "category_id": 1, "bbox": [10, 20, 260, 18], "segmentation": parts}
    document = {
        "images": [{"id": 7, "file_name": "7.jpg", "width": 300, "height": 100}],
        "annotations": [annotation],
        "categories": [{"id": 1, "name": name}],
    }
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "instances_train2017.json").write_text(json.dumps(document))
    source = catalogue.source(
        "coco-instances", name="here", root=str(tmp_path), split="train2017", options={"records": records}
    )
    [record] = source.group(0)
    return record


def apart(distance):
    return [sum(square(10, 20, 18), []), sum(square(28 + distance, 20, 18), [])]


@pytest.mark.parametrize("records", ["objects", "classes"])
def test_two_bottles_in_one_outline_are_no_bottle(tmp_path, records):
    fault = outlines(tmp_path, "bottle", apart(100), records).fault
    assert fault is not None and fault.reason == "ambiguous"
    assert "annotations[0]: several things in one outline" in fault.detail


@pytest.mark.parametrize(("name", "distance"), [("person", 5), ("skis", 100)])
def test_one_thing_in_parts_stays(tmp_path, name, distance):
    assert outlines(tmp_path, name, apart(distance)).fault is None


class TestCocoClasses(SourceCase):
    dataset, split, tasks = "coco-instances", "train2017", ("detect",)
    records, faults, built = (
        5,
        {"crowd": 1, "unknown_picture": 1, "invalid_record": 2},
        1,
    )  # an unsound dog spoils the dogs

    def write(self, root):
        draw_picture(root / "train2017" / "7.jpg")
        boxes = [(1, 7, 1, 0), (2, 7, 2, 0), (3, 7, 2, 0), (4, 7, 3, 1), (5, 99, 1, 0), (6, 7, 4, 0), (7, 7, 3, 0)]
        annotations = [
            {"id": i, "image_id": picture, "category_id": kind, "iscrowd": crowd,
             "segmentation": [sum(square(12 * i, 20, 20), [])], "bbox": [12 * i - 10, 12 + 4 * i, 20, 0 if i == 6 else 20]}
            for i, picture, kind, crowd in boxes
        ]  # fmt: skip
        annotations.append({"id": "?", "image_id": 7, "category_id": 1})
        document = {
            "images": [{"id": 7, "file_name": "7.jpg", "width": 96, "height": 64}],
            "annotations": annotations,
            "categories": [{"id": n, "name": name} for n, name in enumerate(("dog", "person", "book", "cat"), 1)],
        }
        (root / "annotations").mkdir()
        (root / "annotations" / "instances_train2017.json").write_text(json.dumps(document))

    def source(self, root):
        options = {"records": "classes"}
        return catalogue.source(self.dataset, name=self.dataset, root=str(root), split=self.split, options=options)

    def recipe(self, root):
        recipe = super().recipe(root)
        entry = recipe.sources[0].model_dump() | {"options": {"records": "classes"}}
        return type(recipe).model_validate(recipe.model_dump() | {"sources": [entry]})

    def test_several_things_of_a_class_make_one_record(self, root):
        found = [record for index in range(2) for record in self.source(root).group(index)]
        (persons,) = (record for record in found if record.annotation.get("class") == "person")
        assert persons.annotation["boxes"] == [[14, 20, 20, 20], [26, 24, 20, 20]]
        assert persons.id == "7/2"


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
    found = read_records("coco-instances", root, "val2017", records="classes")
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
        ({"bbox": ["nan", 9, 20, 20]}, "invalid_record", "`bbox` holds a number that is not finite"),
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
    first, second = read_records("coco-instances", tmp_path, "val2017")
    assert first.fault is second.fault is None
    assert first.annotation["targets"] == [run_lengths((1, 9, 21, 29))[0]]
    (tmp_path / "images" / "val2017").mkdir(parents=True)
    assert read_records("coco-instances", tmp_path, "val2017")[1].files == {"picture": "images/val2017/7.jpg"}


@pytest.mark.parametrize("without", ["gone", None, []])
def test_boxes_need_no_outline_and_objects_say_that_they_lack_one(tmp_path, without):
    assert objects_of(tmp_path, {"segmentation": without}) == {"7/1": None, "7/2": None}
    annotated = json.loads((tmp_path / "annotations" / "instances_val2017.json").read_text())
    del annotated["annotations"][1:3]
    (tmp_path / "annotations" / "instances_val2017.json").write_text(json.dumps(annotated))
    first, second = read_records("coco-instances", tmp_path, "val2017")
    assert first.fault.detail == PLACE + "no segmentation, only a box"
    assert second.fault is None


@pytest.mark.parametrize(
    "changes",
    [
        {"iscrowd": 0.0}, {"iscrowd": "0"}, {"iscrowd": False}, {"iscrowd": None}, {"category_id": "1"}, {"category_id": 1.0},
        {"image_id": "7"}, {"image_id": 7.0}, {"id": "1"}, {"bbox": ["1", "9.0", 20, 20]},
    ],
)  # fmt: skip
def test_numbers_are_the_same_however_they_are_written(tmp_path, changes):
    assert objects_of(tmp_path, changes) == {"7/1": None, "7/2": None}


def test_run_lengths_of_two_things_far_apart_are_no_single_object(tmp_path):
    objects_of(tmp_path, {})
    file = tmp_path / "annotations" / "instances_val2017.json"
    annotated = json.loads(file.read_text())
    mask = np.zeros((64, 96), np.uint8, order="F")
    mask[4:12, 2:10] = mask[50:58, 84:92] = 1
    runs = coco.encode(mask)
    annotated["annotations"] = [
        annotated["annotations"][0] | {"segmentation": runs | {"counts": runs["counts"].decode()}}
    ]
    file.write_text(json.dumps(annotated))
    (record,) = read_records("coco-instances", tmp_path, "val2017")
    assert (record.fault.reason, record.fault.detail) == ("ambiguous", PLACE + "several things in one outline")


def test_an_object_in_run_lengths_is_the_same_as_in_polygons(tmp_path):
    answers, fields = [], ("region", "mask", "region")
    for form in ("polygons", "runs"):
        root = tmp_path / form
        root.mkdir()
        objects_of(root, {"segmentation": [[20, 12, 48, 12, 48, 40, 20, 40]]})
        file = root / "annotations" / "instances_val2017.json"
        held = json.loads(file.read_text())
        del held["annotations"][1:3]
        if form == "runs":
            for entry in held["annotations"]:
                (runs,) = coco.frPyObjects(entry["segmentation"], 64, 96)
                entry["segmentation"] = runs | {"counts": runs["counts"].decode()}
        file.write_text(json.dumps(held))
        draw_picture(root / "val2017" / "7.jpg")
        made = verdicts("coco-instances", root, "val2017", ("addition", "refer", "removal"))
        answers.append(
            [from_rle(getattr(verdict.triplet.answer, field)) for verdict, field in zip(made[:3], fields, strict=True)]
        )
    for one, other in zip(*answers, strict=True):
        assert (one & other).sum() > 0.9 * (one | other).sum()  # the edge's own pixels are drawn by two rasterisers


def record_with(tmp_path, records="objects", image=(), category=(), without=(), **changes):
    """The one record of a sound file with these values changed or taken out; NaN as Python writes it."""
    picture = {"id": 7, "file_name": "7.jpg", "width": 96, "height": 64} | dict(image)
    annotation = {
        "id": 1, "image_id": 7, "category_id": 1, "iscrowd": 0, "area": 400, "bbox": [10, 20, 18, 18],
        "segmentation": [sum(square(10, 20, 18), [])],
    } | changes  # fmt: skip
    for name in without:
        (annotation if name in annotation else picture).pop(name)
    document = {
        "images": [picture], "annotations": [annotation], "categories": [{"id": 1, "name": "dog"} | dict(category)]
    }  # fmt: skip
    write_json(tmp_path / "annotations" / "instances_train2017.json", document)
    [record] = read_records("coco-instances", tmp_path, "train2017", records=records)
    return record


NAN = float("nan")


@pytest.mark.parametrize("records", ["objects", "classes"])
@pytest.mark.parametrize(
    "changed",
    [
        {"area": NAN}, {"score": NAN}, {"attributes": {"x": NAN}}, {"id": None}, {"id": "a1"}, {"id": NAN},
        {"without": ["id"]}, {"image": {"date_captured": NAN}}, {"image": {"license": NAN}},
        {"image": {"width": None}}, {"without": ["width", "height"]}, {"category": {"supercategory": NAN}},
    ],
)  # fmt: skip
def test_what_no_task_reads_costs_no_record(tmp_path, records, changed):
    record = record_with(tmp_path, records, **changed)
    assert record.fault is None
    assert record.licence == ""


@pytest.mark.parametrize("box", [None, [], {}, "x", [NAN] * 4, [1, 2, None, 4]])
def test_outlines_need_no_box(tmp_path, box):
    assert record_with(tmp_path, bbox=box).fault is None
    assert record_with(tmp_path, "classes", bbox=box).fault.reason == "invalid_record"


def test_run_lengths_in_a_list_are_one_outline(tmp_path):
    runs = [{"size": ["64", 96.0], "counts": [0, "6", 64 * 96 - 6.0]}]
    record = record_with(tmp_path, segmentation=[*runs, sum(square(10, 20, 18), [])], without=["width"])
    assert record.fault is None
    mask = segmentation_mask(record.annotation["targets"][0], (96, 64))
    assert np.count_nonzero(mask) == 6 + np.count_nonzero(segmentation_mask([sum(square(10, 20, 18), [])], (96, 64)))


def test_a_category_that_was_left_out_says_why(tmp_path):
    assert "categories[0]: Expected `str`" in record_with(tmp_path, category={"name": None}).fault.detail


def test_a_picture_with_all_its_objects(tmp_path):
    draw_picture(tmp_path / "train2017" / "7.jpg")
    outline = [sum(square(10, 20, 18), [])]
    objects = [
        {"id": 1, "image_id": 7, "category_id": 1, "segmentation": outline, "bbox": [10, 20, 18, 18]},
        {"id": 2, "image_id": 7, "category_id": 1, "segmentation": outline, "iscrowd": 1},
        {"id": 3, "image_id": 7, "category_id": "one"},
        {"id": 4, "image_id": 99, "category_id": 1, "segmentation": outline},
    ]
    document = {
        "images": [{"id": 7, "file_name": "7.jpg", "width": 96, "height": 64}],
        "annotations": objects,
        "categories": [{"id": 1, "name": "dog"}],
    }
    write_json(tmp_path / "annotations" / "instances_train2017.json", document)
    found = {
        record.group: record for record in read_records("coco-instances", tmp_path, "train2017", records="regions")
    }
    assert found["99"].fault.reason == "unknown_picture"
    dog, crowd, damaged = found["7"].annotation["regions"]
    assert dog == {
        "id": "1", "label": "dog", "segmentation": outline, "group": False, "box": [10, 20, 18, 18],
    }  # fmt: skip
    assert (crowd["group"], "segmentation" in damaged) == (True, False)
