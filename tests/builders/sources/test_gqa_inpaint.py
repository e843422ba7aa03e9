"""GQA-Inpaint: every inpainted object is removed and added."""

import json

import numpy as np
import pytest

from ieiw.builders.benchmark_overlap import picture_names
from ieiw.builders.formats.json_stream import DocumentError
from tests.support.pairs import drawn, save
from tests.support.source_case import SourceCase, read_records, records_of, source_of, write_json

_SCENE = {
    "width": 96,
    "height": 64,
    "objects": {
        "1": {"name": "dog", "attributes": ["brown"], "relations": [], "bbox": [0, 0, 9, 9], "bidirected": True},
        "2": {"name": "cup", "attributes": [], "relations": [], "bbox": [0, 0, 9, 9], "bidirected": True},
        "3": {"name": "cup", "attributes": [], "relations": [], "bbox": [0, 0, 9, 9], "bidirected": False},
        "4": {"name": "cup", "attributes": [], "relations": [], "bbox": [0, 0, 9, 9], "bidirected": False},
    },
    "image_relative_positions": {"1": "to the left", "2": "to the left", "3": "to the right", "4": "to the right"},
}


class TestGqaInpaint(SourceCase):
    dataset, split, tasks = "gqa-inpaint", "train", ("edit",)
    records, faults, built = 5, {"ambiguous": 2, "invalid_record": 1}, 2

    def write(self, root):
        write_json(root / "train_scenes.json", {"7": _SCENE, "8": {"objects": 3}})
        empty, mask = drawn(seed=1), np.zeros((64, 96), np.uint8)
        empty[20:40, 20:50], mask[20:40, 20:50] = 128, 255
        save(root / "images/7.jpg", drawn(seed=1))
        save(root / "images_inpainted/7/1.jpg", empty)
        save(root / "masks/7/1.jpg", mask)


def test_gqa_pairs_are_exact_swaps(tmp_path):
    TestGqaInpaint().write(tmp_path)
    removal, addition = (record for record in records_of(source_of("gqa-inpaint", tmp_path)) if not record.fault)
    assert removal.files["picture"] == addition.files["target"] == "images/7.jpg"
    assert removal.files["target"] == addition.files["picture"] == "images_inpainted/7/1.jpg"
    assert removal.annotation["pair"] == addition.annotation["pair"]
    assert "remove the dog" in removal.annotation["instructions"]
    assert "please add a brown dog" in addition.annotation["instructions"]
    assert len(records_of(source_of("gqa-inpaint", tmp_path, edits="removal"))) == 3


def test_gqa_takes_the_official_sentence_where_there_is_one(tmp_path):
    write_json(tmp_path / "test_scenes.json", {"7": _SCENE})
    write_json(tmp_path / "test_instructions.json", {"i7-o1": "remove the brown dog at the left"})
    source = source_of("gqa-inpaint", tmp_path, "test")
    assert list(source.inputs()) == ["test_scenes.json", "test_instructions.json"]
    removal, addition = records_of(source)[:2]
    assert removal.annotation["instructions"] == ["remove the brown dog at the left"]
    assert len(addition.annotation["instructions"]) == 10


def test_gqa_tells_coco_s_names_where_visual_genome_s_picture_list_was_put(tmp_path):
    TestGqaInpaint().write(tmp_path)
    (record, *_) = records_of(source_of("gqa-inpaint", tmp_path))
    assert picture_names(source_of("gqa-inpaint", tmp_path), "gqa-inpaint", record) == {"visual-genome:7"}
    listed = [{"image_id": 7, "coco_id": 139}, {"image_id": 8, "coco_id": None}, {"coco_id": 1}, None]
    write_json(tmp_path / "image_data.json", listed)
    source = source_of("gqa-inpaint", tmp_path)
    assert picture_names(source, "gqa-inpaint", record) == {"visual-genome:7", "coco:139"}
    assert list(source.inputs()) == ["train_scenes.json", "image_data.json"]
    (tmp_path / "image_data.json").write_text("{")
    with pytest.raises(DocumentError, match="image_data.json"):
        picture_names(source_of("gqa-inpaint", tmp_path), "gqa-inpaint", record)


@pytest.mark.parametrize(("text", "kind"), [("[]", "wrong_schema"), ('{"1": ', "invalid_json"), ("", "invalid_json")])
def test_broken_scene_graphs_are_one_clear_error(tmp_path, text, kind):
    (tmp_path / "train_scenes.json").write_text(text)
    with pytest.raises(DocumentError, match=kind):
        source_of("gqa-inpaint", tmp_path).group_count()


def test_a_number_that_is_none_costs_its_scene_of_gqa_not_all(tmp_path):
    thing = {"name": "dog", "attributes": [], "relations": [], "bbox": [0, 0, 9, 9], "bidirected": True}
    scene = {"width": 96, "height": 64, "objects": {"1": thing}}
    scenes = {
        "7": scene | {"objects": {"1": thing | {"bbox": [float("nan")] * 4}}},  # nobody asks for it
        "8": scene | {"width": float("nan"), "height": 10**30},
        "9": scene,
    }
    (tmp_path / "train_scenes.json").write_text("\ufeff" + json.dumps(scenes), encoding="utf-8")
    found = read_records("gqa-inpaint", tmp_path, "train", edits="removal")
    assert [(record.group, record.fault and record.fault.reason) for record in found] == [
        ("7", None),
        ("8", "invalid_record"),
        ("9", None),
    ]
