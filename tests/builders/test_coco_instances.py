"""COCO instances: the ten lines of docs/add-a-dataset.md."""

import json

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
