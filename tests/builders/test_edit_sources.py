"""InstructPix2Pix, MagicBrush, GIER and GQA-Inpaint in their official layouts."""

import json
import zipfile

import cv2
import numpy as np
import pytest

from ieiw.builders import catalogue
from ieiw.builders.benchmark_overlap import picture_names
from ieiw.builders.formats.json_stream import DocumentError
from ieiw.triplets.errors import UsageError
from ieiw.triplets.rejects import Refusal
from tests.support.pairs import drawn, save
from tests.support.source_case import SourceCase


def _dump(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


class TestInstructPix2Pix(SourceCase):
    dataset, split, tasks = "instructpix2pix", "all", ("edit",)
    records = 7
    faults = {"duplicate_record": 1, "picture_missing": 1, "invalid_record": 1}
    built = 2  # of the other two one lacks its pictures, one its prompt

    def write(self, root):
        _dump(root / "seeds.json", [["1", ["7", "8", "8"]], ["2", ["5"]], ["3", []], ["4", [6]], {"5": []}])
        for seed in ("7", "8"):
            save(root / f"1/{seed}_0.jpg", drawn(seed=int(seed)))
            save(root / f"1/{seed}_1.jpg", drawn(seed=int(seed) + 10))
        save(root / "4/6_0.jpg", drawn(seed=1))
        save(root / "4/6_1.jpg", drawn(seed=2))
        _dump(root / "1/prompt.json", {"input": "a", "edit": "make it snow", "output": "b"})
        _dump(root / "2/prompt.json", {"edit": "make it rain"})
        _dump(root / "4/prompt.json", {"input": "no edit"})


class TestMagicBrush(SourceCase):
    dataset, split, tasks = "magicbrush", "train", ("edit",)
    records, faults, built = 7, {"invalid_record": 2, "empty_phrase": 1}, 4

    def write(self, root):
        folder = root / "train"
        turns = [("11-input", 1, "add a hat"), ("11-output1", 2, "Make it red.")]
        session = [
            {"input": f"{before}.png", "output": f"11-output{n}.png", "mask": f"11-mask{n}.png", "instruction": text}
            for before, n, text in turns
        ]
        broken = [{"input": "12-input.png", "output": "12-output1.png"}]
        wordless = [{"input": "13-input.png", "output": "13-output1.png", "mask": "", "instruction": " "}]
        plain = [{"input": "14-input.png", "output": "14-output1.png", "instruction": "remove the cat"}]
        _dump(folder / "edit_sessions.json", {"11": session, "12": broken, "13": wordless, "14": plain, "15": []})
        for at, name in enumerate(("11-input", "11-output1", "11-output2")):
            save(folder / f"images/11/{name}.png", drawn(seed=at))
        clear = np.dstack([drawn(), np.full((64, 96), 255, np.uint8)])
        for number, cut in ((1, np.s_[10:30, 20:40]), (2, np.s_[40:60, 60:90])):
            rubbed = clear.copy()
            rubbed[(*cut, 3)] = 0
            save(folder / f"images/11/11-mask{number}.png", rubbed)
        save(folder / "images/14/14-input.png", drawn(seed=5))
        save(folder / "images/14/14-output1.png", drawn(seed=6))


class TestGier(SourceCase):
    dataset, split, tasks = "gier", "train", ("edit",)
    records, faults, built = 6, {"invalid_record": 2, "duplicate_record": 1, "empty_phrase": 1}, 1

    def write(self, root):
        def entry(number, **more):
            names = {"input": f"{number}_a.jpg", "output": f"{number}_b.jpg"}
            words = {"expert_summary": ["brighten it"], "amateur_summary": [float("nan"), "Brighten it."]}
            return names | words | {"operator": {"brightness": {"local": False, "ids": []}}} | more

        unsaid = entry(3, expert_summary=[], amateur_summary=float("nan"))
        cut = entry(2, operator={"crop": {"local": True, "ids": [0]}})
        _dump(root / "GIER.json", [entry(1), cut, entry(1), unsaid, {"input": 7}, "nothing"])
        save(root / "images/1_a.jpg", drawn(seed=1))
        save(root / "images/1_b.jpg", cv2.add(drawn(seed=1), 60))
        save(root / "images/2_a.jpg", drawn(seed=1))
        save(root / "images/2_b.jpg", drawn(seed=1)[:40, :60])


class TestGierOfInstructDiffusion(SourceCase):
    dataset, split, tasks = "gier", "train", ("edit",)
    records, faults, built = 4, {"empty_phrase": 1}, 2

    def write(self, root):
        names = [{"input": f"{n}_a.jpg", "output": f"{n}_b.jpg"} for n in range(4)]
        words = [["brighten it", float("nan")], ["darken it"], ["crop it"], []]
        _dump(root / "GIER_new.json", [name | {"prompts": each} for name, each in zip(names, words, strict=True)])
        for number, folder in ((0, "images"), (1, "warped"), (2, "images")):
            save(root / folder / f"{number}_a.jpg", drawn(seed=number))
            target = drawn(seed=number + 9)
            save(root / folder / f"{number}_b.jpg", target[:40, :60] if number == 2 else target)
        save(root / "images/1_a.jpg", drawn(seed=1)[:30])  # the one that was warped is not taken

    def test_the_aligned_picture_is_taken_where_there_is_one(self, root):
        files = {record.group: record.files for record in _records(self.source(root)) if not record.fault}
        assert files["0_a.jpg"]["picture"] == "images/0_a.jpg"
        assert files["1_a.jpg"] == {"picture": "warped/1_a.jpg", "target": "warped/1_b.jpg"}


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
        _dump(root / "train_scenes.json", {"7": _SCENE, "8": {"objects": 3}})
        empty, mask = drawn(seed=1), np.zeros((64, 96), np.uint8)
        empty[20:40, 20:50], mask[20:40, 20:50] = 128, 255
        save(root / "images/7.jpg", drawn(seed=1))
        save(root / "images_inpainted/7/1.jpg", empty)
        save(root / "masks/7/1.jpg", mask)


def _source(dataset, root, split="train", **options):
    return catalogue.source(dataset, name=dataset, root=str(root), split=split, options=options)


def _records(source):
    return [record for index in range(source.group_count()) for record in source.group(index)]


def test_zips_hold_what_folders_hold(tmp_path):
    TestInstructPix2Pix().write(tmp_path / "folders")
    (tmp_path / "zips").mkdir()
    (tmp_path / "folders/seeds.json").rename(tmp_path / "zips/seeds.json")
    files = [path for path in (tmp_path / "folders").rglob("*") if path.is_file()]
    for number in (0, 1):
        with zipfile.ZipFile(tmp_path / f"zips/shard-{number:02d}.zip", "w") as archive:
            for path in files:
                if (path.parent.name == "1") == (number == 1):
                    archive.write(path, path.relative_to(tmp_path / "folders"))
    source = _source("instructpix2pix", tmp_path / "zips", "all")
    for path in files:
        assert source.read(str(path.relative_to(tmp_path / "folders"))) == path.read_bytes()
    with pytest.raises(Refusal, match="picture_missing"):
        source.read("2/5_0.jpg")


def test_a_damaged_zip_costs_its_pairs_not_the_build(tmp_path):
    _dump(tmp_path / "seeds.json", [["1", ["7"]]])
    (tmp_path / "shard-00.zip").write_bytes(b"PK cut short")
    with pytest.raises(Refusal, match=r"picture_unreadable: .*shard-00\.zip: corrupt_archive"):
        _source("instructpix2pix", tmp_path, "all").read("1/7_0.jpg")


def test_a_damaged_zip_costs_no_pair_of_another(tmp_path):
    _dump(tmp_path / "seeds.json", [["1", ["7"]]])
    (tmp_path / "shard-00.zip").write_bytes(b"PK cut short")
    with zipfile.ZipFile(tmp_path / "shard-01.zip", "w") as archive:
        archive.writestr("1/7_0.jpg", b"picture")
    (tmp_path / "2").mkdir()
    (tmp_path / "2" / "5_0.jpg").write_bytes(b"in a folder")
    source = _source("instructpix2pix", tmp_path, "all")
    assert source.read("1/7_0.jpg") == b"picture"
    assert source.read("2/5_0.jpg") == b"in a folder"
    with pytest.raises(Refusal, match=r"picture_unreadable: .*shard-00\.zip: corrupt_archive"):
        source.read("3/1_0.jpg")


def test_prompts_are_cut_90_5_5(tmp_path):
    _dump(tmp_path / "seeds.json", [[str(number), ["1"]] for number in range(40)])
    ids = {
        split: [r.id for r in _records(_source("instructpix2pix", tmp_path, split))]
        for split in ("train", "val", "test")
    }
    assert [len(found) for found in ids.values()] == [36, 2, 2]
    assert sum(ids.values(), []) == [f"{number}/1" for number in range(40)]
    with pytest.raises(UsageError, match="split 'dev': known are train, val, test, all"):
        _source("instructpix2pix", tmp_path, "dev")


def test_only_pairs_on_the_published_list_are_kept(tmp_path):
    _dump(tmp_path / "seeds.json", [["1", ["7", "8"]], ["2", ["7"]]])
    _dump(tmp_path / "keep.json", ["1/8", "2/7"])
    source = _source("instructpix2pix", tmp_path, "all", keep="keep.json")
    assert list(source.inputs()) == ["seeds.json", "keep.json"]
    faults = {record.id: record.fault and record.fault.reason.value for record in _records(source)}
    assert faults == {"1/7": "skipped_by_publisher", "1/8": None, "2/7": None}
    _dump(tmp_path / "keep.json", [["1", "8"]])
    with pytest.raises(DocumentError, match="prompt id"):
        _records(_source("instructpix2pix", tmp_path, "all", keep="keep.json"))


def test_magicbrush_gives_each_turn_and_the_whole(tmp_path):
    TestMagicBrush().write(tmp_path)
    found = {record.id: record for record in _records(_source("magicbrush", tmp_path)) if record.group == "11"}
    assert list(found) == ["11-1", "11-2", "11-whole"]
    assert found["11-2"].files["picture"] == found["11-1"].files["target"]
    assert found["11-whole"].files["picture"] == found["11-1"].files["picture"]
    assert found["11-whole"].files["target"] == found["11-2"].files["target"]
    assert "add a hat, then make it red" in found["11-whole"].annotation["instructions"]
    assert len(found["11-whole"].annotation["masks"]) == 2
    only = [record.id for record in _records(_source("magicbrush", tmp_path, turns="whole"))]
    assert only == ["11-whole", "12", "13-whole", "14-whole", "15"]
    # The split's own folder may be the root, as the release unpacks it.
    assert len(_records(_source("magicbrush", tmp_path / "train", turns="each"))) == 6


def test_a_session_that_jumps_has_no_whole(tmp_path):
    turn = {"mask": "", "instruction": "add a hat"}
    session = [turn | {"input": "a.png", "output": "b.png"}, turn | {"input": "c.png", "output": "d.png"}]
    _dump(tmp_path / "train/edit_sessions.json", {"1": session})
    *turns, whole = _records(_source("magicbrush", tmp_path))
    assert [record.fault for record in turns] == [None, None]
    assert whole.fault.reason == "invalid_record"


def test_instructdiffusions_list_gives_the_turns_of_a_picture_together(tmp_path):
    turns = [("11-input", "11-output1"), ("9/a", "9/b"), ("11-output1", "11-output2"), ("9/b", "9/c"), ("9/a", "9/d")]
    listed = [{"input": f"{a}.png", "edited": f"{b}.png", "instruction": f"make {b}"} for a, b in turns]
    _dump(tmp_path / "magic_train.json", [*listed, {"input": 3}, "nothing"])
    records = _records(_source("magicbrush", tmp_path))
    assert [(record.id, record.group) for record in records if not record.fault] == [
        *((f"11-{turn}", "11") for turn in (1, 2, "whole")),
        *((f"./9/a.png-{turn}", "./9/a.png") for turn in (1, 2, 3)),
    ]
    assert [record.fault.reason.value for record in records if record.fault] == ["invalid_record"] * 3
    assert records[2].files == {"picture": "11-input.png", "target": "11-output2.png"}


def test_gier_aligns_unless_the_words_are_about_the_frame(tmp_path):
    TestGier().write(tmp_path)
    register = {r.group: r.annotation["register"] for r in _records(_source("gier", tmp_path)) if not r.fault}
    assert register == {"1_a.jpg": True, "2_a.jpg": False}


def test_gqa_pairs_are_exact_swaps(tmp_path):
    TestGqaInpaint().write(tmp_path)
    removal, addition = (record for record in _records(_source("gqa-inpaint", tmp_path)) if not record.fault)
    assert removal.files["picture"] == addition.files["target"] == "images/7.jpg"
    assert removal.files["target"] == addition.files["picture"] == "images_inpainted/7/1.jpg"
    assert removal.annotation["pair"] == addition.annotation["pair"]
    assert "remove the dog" in removal.annotation["instructions"]
    assert "insert a brown dog" in addition.annotation["instructions"]
    assert len(_records(_source("gqa-inpaint", tmp_path, edits="removal"))) == 3


def test_gqa_takes_the_official_sentence_where_there_is_one(tmp_path):
    _dump(tmp_path / "test_scenes.json", {"7": _SCENE})
    _dump(tmp_path / "test_instructions.json", {"i7-o1": "remove the brown dog at the left"})
    source = _source("gqa-inpaint", tmp_path, "test")
    assert list(source.inputs()) == ["test_scenes.json", "test_instructions.json"]
    removal, addition = _records(source)[:2]
    assert removal.annotation["instructions"] == ["remove the brown dog at the left"]
    assert len(addition.annotation["instructions"]) == 10


def test_gqa_tells_coco_s_names_where_visual_genome_s_picture_list_was_put(tmp_path):
    TestGqaInpaint().write(tmp_path)
    (record, *_) = _records(_source("gqa-inpaint", tmp_path))
    assert picture_names(_source("gqa-inpaint", tmp_path), "gqa-inpaint", record) == {"visual-genome:7"}
    listed = [{"image_id": 7, "coco_id": 139}, {"image_id": 8, "coco_id": None}, {"coco_id": 1}, None]
    _dump(tmp_path / "image_data.json", listed)
    source = _source("gqa-inpaint", tmp_path)
    assert picture_names(source, "gqa-inpaint", record) == {"visual-genome:7", "coco:139"}
    assert list(source.inputs()) == ["train_scenes.json", "image_data.json"]
    (tmp_path / "image_data.json").write_text("{")
    with pytest.raises(DocumentError, match="image_data.json"):
        picture_names(_source("gqa-inpaint", tmp_path), "gqa-inpaint", record)


@pytest.mark.parametrize(("text", "kind"), [("[]", "wrong_schema"), ('{"1": ', "invalid_json"), ("", "invalid_json")])
def test_broken_scene_graphs_are_one_clear_error(tmp_path, text, kind):
    (tmp_path / "train_scenes.json").write_text(text)
    with pytest.raises(DocumentError, match=kind):
        _source("gqa-inpaint", tmp_path).group_count()
