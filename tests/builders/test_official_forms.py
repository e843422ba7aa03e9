"""Forms that official files take beyond the plainest one, and damage in them: what is there is read, nothing is lost."""

import json
import pickle

import numpy as np
import pytest
import scipy.io
from pycocotools import mask as coco

from builders import registry
from tests.support.source_case import SourceCase, draw_picture
from triplets.coco_masks import segmentation_mask
from triplets.reasons import Refusal, UsageError


def records(dataset, root, split, **options):
    source = registry.source(dataset, name=dataset, root=str(root), split=split, options=options)
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
    source = registry.source("oxford-pet", name="pets", root=str(tmp_path), split="all", options={})
    found = [record for index in range(source.group_count()) for record in source.group(index)]
    assert [record.id for record in found] == ["pug_1", "pug_2"]
    assert [len(source.read(record.files["picture"])) > 100 for record in found] == [True, True]
    (tmp_path / "images" / "pug_2.jpg").unlink()
    with pytest.raises(Refusal, match="picture_missing"):
        source.read("images/pug_2.jpg")
