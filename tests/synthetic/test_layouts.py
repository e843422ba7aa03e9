"""Scenes in official layouts, as the official tools read them."""

import cv2
import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from ieiw.builders import catalogue
from ieiw.builders.formats.label_maps import decode_labels
from ieiw.builders.opening import Opener
from ieiw.builders.replacement.regions import regions_of
from ieiw.builders.vocabulary import vocabulary
from ieiw.triplets.images.masks import polygons_mask
from tests.synthetic.conftest import tasks


def test_polygons_read_as_the_official_evaluator_reads_them_give_the_masks(folder, scenes):
    for task in tasks(folder):
        scene = scenes[task["image_id"] - 1]
        things = [number - task["image_id"] * 1000 for number in task["ann_ids"]]
        read = polygons_mask(task["Polygons"], scene.size)
        true = scene.mask(things)
        # Official polygons have no holes: what lies inside a bicycle's frame belongs to it.
        assert (true & ~read).sum() <= 0.03 * true.sum() + 3, task["task_id"]
        assert (read & ~true).sum() <= 0.25 * read.sum() + 3, task["task_id"]


@pytest.mark.parametrize("part", ["train", "val"])
def test_the_official_tools_read_the_coco_layout(folder, scenes, part):
    instances = COCO(folder / "coco" / "annotations" / f"instances_{part}2017.json")
    for number in instances.getAnnIds():
        annotation = instances.anns[number]
        mask = instances.annToMask(annotation).astype(bool)
        scene = scenes[annotation["image_id"] - 1]
        true = scene.placed[number % 1000].mask
        assert (true & ~mask).sum() <= 0.06 * true.sum() + 6
        assert instances.cats[annotation["category_id"]]["name"]
    assert {image["file_name"] for image in instances.imgs.values()} == {
        file.name for file in (folder / "coco" / f"{part}2017").iterdir()
    }
    captions = COCO(folder / "coco" / "annotations" / f"captions_{part}2017.json")
    assert len(captions.anns) == 5 * len(captions.imgs)


def test_key_points_given_as_prediction_score_one(folder):
    truth = COCO(folder / "coco" / "annotations" / "person_keypoints_train2017.json")
    found = [each | {"score": 1.0} for each in truth.anns.values() if each["num_keypoints"]]
    assert found
    for each in found:
        assert sum(value > 0 for value in each["keypoints"][2::3]) == each["num_keypoints"]
    evaluation = COCOeval(truth, truth.loadRes(found), "keypoints")
    evaluation.params.areaRng = [[0, 1e10]]
    evaluation.params.areaRngLbl = ["all"]
    evaluation.evaluate()
    evaluation.accumulate()
    assert evaluation.eval["precision"][evaluation.eval["precision"] > -1].mean() == pytest.approx(1.0)


def test_the_map_of_stuff_names_every_pixel(folder, scenes):
    for scene in scenes[:5]:
        part = "val" if scene.index % 5 == 4 else "train"
        path = folder / "coco" / "stuffthingmaps" / f"{part}2017" / f"{scene.index + 1:012d}.png"
        read = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(read, scene.stuff)
        for each in scene.placed:
            assert (read[each.mask] == each.thing.kind.stuff).all()


def test_every_class_of_the_maps_has_a_name(folder):
    source = catalogue.source("coco-stuff", name="s", root=str(folder / "coco"), split="train2017", options={})
    words = vocabulary(source.read("@classes"))
    for record in (record for index in range(source.group_count()) for record in source.group(index)):
        present = set(np.unique(decode_labels(source.read(record.files["labels"]))).tolist())
        assert present <= words.names.keys() | words.void


@pytest.mark.parametrize("part", ["train", "validation"])
def test_the_layout_of_open_images_is_read_back_mask_by_mask(folder, scenes, part):
    source = catalogue.source("openimages", name="oi", root=str(folder / "openimages"), split=part, options={})
    opener, seen = Opener(source), 0
    for record in (record for index in range(source.group_count()) for record in source.group(index)):
        scene = scenes[int(record.id, 16) - 1]
        opened, _ = opener.open(record, "oi")
        for region in regions_of(opened):
            placed = scene.placed[int(region.id, 16) % 1000]
            assert region.label == placed.thing.kind.name
            assert (region.mask ^ placed.mask).sum() <= 0.03 * placed.mask.sum() + 6
            seen += 1
    split = [scene for scene in scenes if (scene.index % 5 == 4) == (part == "validation")]
    assert seen == sum(bool(placed.mask.any()) for scene in split for placed in scene.placed)
