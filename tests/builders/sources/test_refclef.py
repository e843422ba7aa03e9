"""refclef"""

import json
import pickle

from tests.support.label_maps import run_lengths
from tests.support.source_case import SourceCase, draw_picture, read_records


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
        assert [record.id for record in read_records("refclef", root, "test")] == ["0", "1", "2"]
        assert [record.id for record in read_records("refclef", root, "testC")] == ["1"]
        assert [record.id for record in read_records("refclef", root, "train")] == ["3"]
