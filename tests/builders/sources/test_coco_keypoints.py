"""COCO's key points."""

import json

import pytest

from ieiw.builders import catalogue
from ieiw.triplets.errors import UsageError
from tests.support.points import (
    FAULTS,
    HEIGHT,
    WIDTH,
    faulty_persons,
    joints,
    person,
    write_coco,
)
from tests.support.source_case import SourceCase, read_records


class TestCocoKeypoints(SourceCase):
    tasks = ("keypoints",)
    dataset, split = "coco-keypoints", "train2017"
    records, faults, built = 10, FAULTS, 1

    def write(self, root):
        file = "annotations/person_keypoints_train2017.json"
        write_coco(root, file, {"7.jpg": "train2017/7.jpg"}, faulty_persons("coco"), "coco")

    def test_faults_name_file_and_field(self, root):
        found = {
            record.id: record.fault.detail for record in read_records(self.dataset, root, self.split) if record.fault
        }
        assert found["5"] == (
            "annotations/person_keypoints_train2017.json annotations[5]: `bbox` holds a number that is not finite"
        )
        assert "keypoints has 3 numbers, 51 are needed" in found["6"]
        assert "category_id 7 is not in categories" in found["7"]
        assert "keypoints[0:3] is 5.0, 5.0, 9" in found["8"]
        assert "has no area" in found["9"]

    def test_coordinates_become_continuous(self, root):
        sound = next(record for record in read_records(self.dataset, root, self.split) if not record.fault)
        flat = joints("coco")
        assert sound.annotation["joints"][0] == [0.0, 0.0, 0]
        assert sound.annotation["joints"][1] == [flat[3] + 0.5, flat[4] + 0.5, 1]
        assert sound.size == (WIDTH, HEIGHT)

    def test_everyone_else_is_known_to_a_person(self, root):
        sound = next(record for record in read_records(self.dataset, root, self.split) if not record.fault)
        assert sound.annotation["others"] == [[120.0, 100.0, 8.0, 8.0]]  # the one without joints
        assert sound.annotation["crowds"] == [[120.0, 100.0, 8.0, 8.0]]

    def test_pictures_below_images_are_found(self, root):
        (root / "images").mkdir()
        (root / "train2017").rename(root / "images" / "train2017")
        sound = next(record for record in read_records(self.dataset, root, self.split) if not record.fault)
        assert sound.files["picture"] == "images/train2017/7.jpg"

    def test_another_order_of_joints_is_refused(self, root):
        file = root / "annotations" / "person_keypoints_train2017.json"
        document = json.loads(file.read_text())
        document["categories"][0]["keypoints"][5:7] = ["right_shoulder", "left_shoulder"]
        file.write_text(json.dumps(document))
        with pytest.raises(UsageError, match="wrong_schema.*right_shoulder, left_shoulder"):
            read_records(self.dataset, root, self.split)

    @pytest.mark.parametrize("changes", [{"keypoints": []}, {"bbox": [0, 0, 0, 0]}, {"bbox": []}])
    def test_who_has_no_joints_needs_no_box(self, root, changes):
        unlabelled = person(2, 1, "coco") | {"keypoints": [0] * 51, "num_keypoints": 0} | changes
        file = "annotations/person_keypoints_train2017.json"
        write_coco(root, file, {"7.jpg": "train2017/7.jpg"}, [person(1, 1, "coco"), unlabelled], "coco")
        sound, other = read_records(self.dataset, root, self.split)
        assert sound.fault is None
        assert other.fault.reason.value == "no_key_points"
        assert bool(sound.annotation["others"]) == ("bbox" not in changes)

    def test_a_picture_without_a_licence_has_none(self, root):
        file = root / "annotations/person_keypoints_train2017.json"
        document = json.loads(file.read_text())
        for number, licence in ((4, "COCO licence 4"), (None, ""), (0, "")):
            document["images"][0]["license"] = number
            file.write_text(json.dumps(document))
            sound = next(record for record in read_records(self.dataset, root, self.split) if not record.fault)
            assert sound.licence == licence

    def test_unknown_option(self, root):
        with pytest.raises(UsageError, match="options.fast"):
            catalogue.source(self.dataset, name="x", root=str(root), split="train2017", options={"fast": 1})
