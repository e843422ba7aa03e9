"""AI Challenger, as released and in the form of COCO."""

import json
import os
from pathlib import Path

import pytest

from tests.support.points import (
    BOX,
    HEIGHT,
    WIDTH,
    joints,
    person,
    write_coco,
)
from tests.support.source_case import SourceCase, draw_picture, read_records

REAL = os.environ.get("IEIW_REAL_DATA")


needs_real = pytest.mark.skipif(not REAL, reason="IEIW_REAL_DATA is not set: no real samples")


class TestAICRelease(SourceCase):
    tasks = ("keypoints",)
    dataset, split = "aic", "train"
    records, faults, built = 6, {"invalid_record": 3, "duplicate_record": 1, "no_key_points": 1}, 1

    def write(self, root):
        folder = root / "keypoint_train_images_20170902"
        draw_picture(folder / "ab.jpg", WIDTH, HEIGHT)
        left, top, width, height = BOX
        sound = joints("aic", codes=(3, 2, 1))
        several = {"human10": sound[:5], "human2": sound, "human3": sound}
        boxes = {"human10": [1, 2, 3, 4], "human2": [left, top, left + width, top + height]}
        entries = [
            {
                "image_id": "ab",
                "keypoint_annotations": several,
                "human_annotations": boxes,
                "url": "http://example.org/",
            },
            {"image_id": "ab", "keypoint_annotations": several, "human_annotations": boxes},
            {"image_id": "cd", "keypoint_annotations": {}, "human_annotations": {}},
            {"image_id": 7},
        ]
        (root / "keypoint_train_annotations_20170909.json").write_text(json.dumps(entries))

    def test_its_own_codes_become_cocos(self, root):
        sound = next(record for record in read_records(self.dataset, root, self.split) if not record.fault)
        assert sound.id == "ab/human2"
        assert [code for *_, code in sound.annotation["joints"]] == [0, 1] + [2] * 12
        assert sound.annotation["box"] == BOX

    def test_who_has_no_joints_needs_no_box(self, root):
        file = root / "keypoint_train_annotations_20170909.json"
        (entry, *_) = json.loads(file.read_text())
        entry["keypoint_annotations"] = {"human1": [0, 0, 3] * 14}
        entry["human_annotations"] = {"human1": [0, 0, 0, 0]}
        file.write_text(json.dumps([entry]))
        (record,) = read_records(self.dataset, root, self.split)
        assert record.fault.reason.value == "no_key_points"


class TestAICConverted(SourceCase):
    tasks = ("keypoints",)
    dataset, split = "aic", "val"
    records, faults, built = 1, {}, 1

    def write(self, root):
        picture = "ai_challenger_keypoint_validation_20170911/keypoint_validation_images_20170911/ab.jpg"
        write_coco(root, "annotations/aic_val.json", {"ab.jpg": picture}, [person(1, 1, "aic")], "aic")


@needs_real
def test_both_forms_of_ai_challenger_agree(tmp_path):
    real = Path(REAL) / "aic"
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "aic_val.json").write_bytes((real / "coco_style" / "aic_val.json").read_bytes())
    (tmp_path / "keypoint_validation_images_20170911").mkdir()
    released, converted = read_records("aic", real, "validation"), read_records("aic", tmp_path, "validation")

    def told(found):
        return sorted((record.annotation["box"], record.annotation["joints"]) for record in found)

    assert len(released) == len(converted) == 6
    assert told(released) == told(converted)
