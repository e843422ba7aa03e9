"""Evaluation pictures stay out of a training build, by the numbers that data sets share."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from ieiw.builders.instructions.joints import LAYOUTS
from ieiw.pipelines.build.worker import UnitBuilder
from ieiw.pipelines.planning.prepare import digests, prepare
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.recipe.holdout import looking_alike, not_held_out
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.layout.rows import read_mark
from ieiw.triplets.rejects import SELECTION, Reason
from ieiw.triplets.storage.store import open_store
from tests.support.source_case import draw_picture, square


def write_coco(root, split, numbers):
    (root / "annotations").mkdir(parents=True, exist_ok=True)
    images = [{"id": n, "file_name": f"{n:012}.jpg", "width": 96, "height": 64} for n in numbers]
    for n in numbers:
        draw_picture(root / split / f"{n:012}.jpg", seed=n)
    annotations = [
        {
            "id": n,
            "image_id": n,
            "category_id": 1,
            "segmentation": [sum(square(20, 15, 30), [])],
            "bbox": [20, 15, 30, 30],
        }
        for n in numbers
    ]
    document = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "dog"}]}
    (root / "annotations" / f"instances_{split}.json").write_text(json.dumps(document))


def write_persons(root, split, numbers):
    """CrowdPose's layout, a person in each picture."""
    joints = LAYOUTS["crowdpose"]
    images = [{"id": n, "file_name": f"{n}.jpg", "width": 96, "height": 64} for n in numbers]
    persons = [
        {
            "id": n,
            "image_id": n,
            "category_id": 1,
            "bbox": [10, 5, 60, 50],
            "keypoints": [value for at in range(len(joints)) for value in (15 + 3 * at, 10 + 3 * at, 2)],
        }
        for n in numbers
    ]
    document = {"images": images, "annotations": persons, "categories": [{"id": 1, "name": "person"}]}
    (root / "json").mkdir(parents=True, exist_ok=True)
    (root / "json" / f"crowdpose_{split}.json").write_text(json.dumps(document))


def recipe(root, hold_out=(), **changes):
    entry = {"name": "coco", "dataset": "coco-instances", "root": str(root), "split": "train2017", "tasks": ["detect"]}
    entry |= {"options": {"records": "classes"}} | changes
    return Recipe.model_validate({"image": {"short_side": 64}, "sources": [entry], "hold_out": list(hold_out)})


@pytest.fixture
def coco(tmp_path):
    root = tmp_path / "coco"
    write_coco(root, "train2017", [1, 2, 3, 4])
    write_coco(root, "val2014", [2, 4, 9])
    return root


def evaluation(root):
    return {"dataset": "coco-instances", "root": str(root), "split": "val2014"}


def test_their_records_are_rejects_that_name_the_set_and_the_books_balance(coco, tmp_path):
    store = open_store(tmp_path / "out")
    state = prepare(store, Components(recipe(coco, [evaluation(coco)])))
    builder = UnitBuilder(store.location)
    marks = []
    for ref in state.refs():
        builder.work(ref)
        marks.append(read_mark(store.read(ref.rows)))
    assert (sum(mark.built for mark in marks), sum(mark.rejected for mark in marks)) == (2, 2)
    source = Components(recipe(coco, [evaluation(coco)])).source("coco")
    faults = {record.group: record.fault for n in range(4) for record in source.group(n)}
    assert {group for group, fault in faults.items() if fault} == {"2", "4"}
    assert (faults["2"].reason, faults["2"].detail) == (
        Reason.EVALUATION_PICTURE,
        "coco:2 is in coco-instances val2014",
    )
    assert Reason.EVALUATION_PICTURE in SELECTION  # a choice, no damage


def test_a_list_of_names_does_as_well(coco, tmp_path):
    names = tmp_path / "names.txt"
    names.write_text("# COCO\ncoco:000000000003\nvisual-genome:1\n\ncoco:COCO_train2014_000000000004.jpg\n")
    source = Components(recipe(coco, [{"file": str(names)}])).source("coco")
    assert [record.group for n in range(4) for record in source.group(n) if record.fault] == ["3", "4"]
    names.write_text("coco:3", encoding="utf-8-sig")  # as Windows writes it
    source = Components(recipe(coco, [{"file": str(names)}])).source("coco")
    assert [record.group for n in range(4) for record in source.group(n) if record.fault] == ["3"]


@pytest.mark.parametrize(
    ("line", "told"), [("000000000003", "names.txt, line 1.*coco:139"), ("cocoo:3", "names.txt, line 1.*'cocoo'.*coco")]
)
def test_a_line_that_names_no_picture_is_one_error(coco, tmp_path, line, told):
    names = tmp_path / "names.txt"
    names.write_text(line)
    with pytest.raises(UsageError, match=told):
        list(Components(recipe(coco, [{"file": str(names)}])).source("coco").group(0))


def test_what_is_held_out_is_part_of_the_fingerprint_and_what_does_not_matter_is_not(coco, tmp_path):
    plain, held = (
        digests(Components(recipe(coco)))["coco"],
        digests(Components(recipe(coco, [evaluation(coco)])))["coco"],
    )
    assert plain.fingerprint != held.fingerprint
    other = {"dataset": "pascal-voc", "root": str(tmp_path / "nowhere"), "split": "val"}
    assert digests(Components(recipe(coco, [other])))["coco"] == plain  # no picture in common: not even looked for
    assert digests(Components(recipe(coco, weight=0.2, expected=5)))["coco"] == plain
    write_coco(coco, "val2014", [1])
    assert digests(Components(recipe(coco, [evaluation(coco)])))["coco"].fingerprint != held.fingerprint


@pytest.mark.parametrize(
    "entry", [{}, {"dataset": "refcoco"}, {"dataset": "refcoco", "root": "a", "split": "val", "file": "b"}]
)
def test_an_entry_is_a_data_set_or_a_file(coco, entry):
    with pytest.raises(ValueError, match="give either"):
        recipe(coco, [entry])


def test_its_split_is_a_name_like_any_other(coco):
    with pytest.raises(ValueError, match="'../val' is no name of a split"):
        recipe(coco, [{"dataset": "refcoco", "root": "a", "split": "../val"}])


def test_a_missing_evaluation_set_is_one_clear_error(coco, tmp_path):
    entry = {"dataset": "coco-instances", "root": str(tmp_path / "nowhere"), "split": "val2017"}
    with pytest.raises(UsageError, match="nowhere"):
        digests(Components(recipe(coco, [entry])))


def test_phrasecut_knows_which_of_its_pictures_are_coco_s(tmp_path):
    root = tmp_path / "pc"
    draw_picture(root / "images" / "7.jpg")
    (root / "image_data_split.json").write_text(
        json.dumps([{"image_id": 7, "width": 96, "height": 64, "coco_id": 3, "split": "train"}])
    )
    task = {"task_id": "7__1", "image_id": 7, "ann_ids": [1], "phrase": "a dog", "Polygons": [[square(20, 15, 30)]]}
    (root / "refer_train.json").write_text(json.dumps([task | {"phrase_structure": {"name": "dog"}}]))
    write_coco(tmp_path / "coco", "val2017", [3])
    values = {"name": "phrasecut", "root": str(root), "tasks": ["removal"]}
    held = [{"dataset": "coco-instances", "root": str(tmp_path / "coco"), "split": "val2017"}]
    source = Components(Recipe.model_validate({"sources": [values], "hold_out": held})).source("phrasecut")
    (record,) = source.group(0)
    assert record.fault.reason is Reason.EVALUATION_PICTURE
    assert "coco:3" in record.fault.detail


def test_a_recipe_is_told_what_it_does_not_hold_out(coco):
    left = not_held_out(recipe(coco, [{"dataset": "refcoco", "root": "x", "split": "val"}]), recipe(coco).sources[0])
    assert "refcoco val" not in left and "refcoco testA" in left


@pytest.fixture
def renamed(coco, tmp_path):
    """CrowdPose as an evaluation set: two pictures of COCO's, one of them in its training set, scaled and compressed anew."""
    root = tmp_path / "crowdpose"
    (root / "images").mkdir(parents=True)
    for number, original, scale, quality in ((100001, 2, 1.5, 60), (100002, 9, 0.75, 80)):
        picture = cv2.imread(str(coco / f"val2014/{original:012}.jpg"))
        scaled = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(root / f"images/{number}.jpg"), scaled, [cv2.IMWRITE_JPEG_QUALITY, quality])
    write_persons(root, "test", [100001, 100002])
    return {"dataset": "crowdpose", "root": str(root), "split": "test"}


def test_a_set_that_renamed_its_pictures_is_told_by_looks_whatever_size_and_quality(coco, renamed):
    source = Components(recipe(coco, [renamed | {"distance": 6}])).source("coco")
    (told,) = [record for n in range(4) for record in source.group(n) if record.fault]
    assert (told.group, told.fault.reason) == ("2", Reason.EVALUATION_PICTURE)
    assert "000000000002.jpg looks like a picture of crowdpose test" in told.fault.detail
    plain = Components(recipe(coco, [renamed])).source("coco")
    assert not [record for n in range(4) for record in plain.group(n) if record.fault]


def test_the_clean_side_tells_where_a_watermark_covers_the_picture(tmp_path):
    root, voc = tmp_path / "clwd", tmp_path / "voc"
    draw_picture(voc / "JPEGImages/2007_000001.jpg", seed=5)
    for folder in ("SegmentationClass", "ImageSets/Segmentation"):
        (voc / folder).mkdir(parents=True)
    (voc / "ImageSets/Segmentation/val.txt").write_text("2007_000001\n")
    shown = cv2.resize(cv2.imread(str(voc / "JPEGImages/2007_000001.jpg")), (64, 64))
    for number, clean in enumerate((shown, shown[::-1]), 1):
        for folder, picture in (("Watermarked_image", np.full_like(clean, 90)), ("Watermark_free_image", clean)):
            (root / "train" / folder).mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(root / "train" / folder / f"{number}.jpg"), picture)
    entry = {"name": "clwd", "root": str(root), "tasks": ["watermark-removal"]}
    held = {"dataset": "pascal-voc", "root": str(voc), "split": "val", "distance": 6}
    source = Components(Recipe.model_validate({"sources": [entry], "hold_out": [held]})).source("clwd")
    faults = [record.fault for n in range(2) for record in source.group(n)]
    assert faults[0] and "pascal-voc val" in faults[0].detail and faults[1] is None


def test_the_distance_is_part_of_the_fingerprint_and_of_the_plan(coco, renamed):
    held = [[], [renamed | {"distance": 4}], [renamed | {"distance": 6}]]
    assert len({digests(Components(recipe(coco, entries)))["coco"].fingerprint for entries in held}) == 3
    named, plain = (digests(Components(each))["coco"] for each in (recipe(coco, [renamed]), recipe(coco)))
    assert named == plain  # without it nothing is compared
    assert "crowdpose test" in looking_alike(recipe(coco, [renamed]), recipe(coco).sources[0])
    assert "crowdpose test" not in looking_alike(recipe(coco, held[1]), recipe(coco).sources[0])
    with pytest.raises(ValueError, match="`distance` compares pictures"):
        recipe(coco, [{"file": "names.txt", "distance": 3}])


def test_damaged_pictures_are_the_unit_s_to_tell_but_an_evaluation_set_must_be_whole(coco, renamed):
    held = recipe(coco, [renamed | {"distance": 6}])
    (coco / "train2017/000000000001.jpg").write_bytes(b"damaged")
    (record,) = Components(held).source("coco").group(0)
    assert record.fault is None
    (Path(renamed["root"]) / "images/100001.jpg").unlink()
    with pytest.raises(UsageError, match="100001.jpg: cannot be read"):
        list(Components(held).source("coco").group(1))
