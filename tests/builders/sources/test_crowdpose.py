"""CrowdPose, whose copies swap width and height."""

import json

from tests.support.points import (
    person,
    write_coco,
)
from tests.support.source_case import SourceCase, read_records


class TestCrowdPose(SourceCase):
    tasks = ("keypoints",)
    dataset, split = "crowdpose", "train"
    records, faults, built = 1, {}, 1

    def write(self, root):
        write_coco(
            root, "json/crowdpose_train.json", {"7.jpg": "images/7.jpg"}, [person(1, 1, "crowdpose")], "crowdpose"
        )


def test_crowdpose_s_swapped_width_and_height_lose_no_picture(tmp_path):
    TestCrowdPose().write(tmp_path)
    file = tmp_path / "json/crowdpose_train.json"
    document = json.loads(file.read_text())
    for image in document["images"]:
        image["width"], image["height"] = image["height"], image["width"]
    file.write_text(json.dumps(document))
    (record,) = read_records("crowdpose", tmp_path, "train")
    assert record.size is None and record.fault is None
