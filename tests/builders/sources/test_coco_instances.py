"""COCO instances: the ten lines of docs/add-a-dataset.md."""

import json

import pytest

from ieiw.builders import catalogue
from tests.support.source_case import SourceCase, draw_picture, square


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
