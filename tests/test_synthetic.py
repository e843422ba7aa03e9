"""Scenes: the same for the same seed, true to their own annotation, and readable by the official tools."""

import filecmp
import json

import cv2
import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from ieiw.builders import catalogue
from ieiw.builders.formats.label_maps import decode_labels
from ieiw.builders.instructions.phrases import noun_phrase
from ieiw.builders.instructions.words import ARTICLES
from ieiw.builders.vocabulary import vocabulary
from ieiw.synthetic import make_scenes, render
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.masks import polygons_mask

SMALL = (192, 144)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("scenes")
    make_scenes(out, 20, 3, SMALL)
    return out


@pytest.fixture(scope="module")
def scenes():
    return [render(3, index, SMALL) for index in range(20)]


def tasks(folder):
    found = [json.loads((folder / "VGPhraseCut_v0" / f"refer_{part}.json").read_text()) for part in ("train", "val")]
    return [task for part in found for task in part]


def test_any_number_of_workers_and_scenes_gives_the_same_files(folder, tmp_path):
    make_scenes(tmp_path, 18, 3, SMALL, workers=2)
    names = [f"VGPhraseCut_v0/images/{number}.jpg" for number in range(1, 19)]
    same, different, missing = filecmp.cmpfiles(folder, tmp_path, names, shallow=False)
    assert (len(same), different, missing) == (18, [], [])
    begun = [task for task in tasks(folder) if task["image_id"] <= 18]
    assert sorted(begun, key=str) == sorted(tasks(tmp_path), key=str)


def test_another_seed_is_another_set():
    assert not np.array_equal(render(3, 0, SMALL).picture, render(4, 0, SMALL).picture)


def test_scenes_that_are_there_are_not_overwritten(folder):
    with pytest.raises(UsageError, match="holds scenes already"):
        make_scenes(folder, 1, 0, SMALL)


def test_a_picture_too_small_for_things_is_refused():
    with pytest.raises(ValueError, match="128"):
        render(0, 0, (100, 200))


def test_polygons_read_as_the_official_evaluator_reads_them_give_the_masks(folder, scenes):
    for task in tasks(folder):
        scene = scenes[task["image_id"] - 1]
        things = [number - task["image_id"] * 1000 for number in task["ann_ids"]]
        read = polygons_mask(task["Polygons"], scene.size)
        true = scene.mask(things)
        # Official polygons have no holes: what lies inside a bicycle's frame belongs to it.
        assert (true & ~read).sum() <= 0.03 * true.sum() + 3, task["task_id"]
        assert (read & ~true).sum() <= 0.25 * read.sum() + 3, task["task_id"]


def test_the_truth_differs_from_the_picture_near_the_things_alone(folder, scenes):
    for task in tasks(folder):
        scene = scenes[task["image_id"] - 1]
        things = [number - task["image_id"] * 1000 for number in task["ann_ids"]]
        removed = cv2.imread(str(folder / "truth" / "removed" / f"{task['task_id']}.png"))[..., ::-1]
        assert np.array_equal(removed, scene.without(things))
        changed = np.abs(removed.astype(int) - scene.picture).max(2) > 12
        seen = scene.mask(things)
        assert changed[seen].mean() > 0.5
        near = cv2.dilate(seen.astype(np.uint8), np.ones((13, 13))) > 0
        assert (changed & ~near).sum() <= 0.12 * seen.sum(), task["task_id"]


def test_phrases_mean_all_that_they_fit_and_read_well(folder, scenes):
    for scene in scenes:
        assert 2 <= len(scene.phrases) <= 6
        texts = [phrase.text for phrase in scene.phrases]
        assert len(set(texts)) == len(texts)
        for phrase in scene.phrases:
            assert not ARTICLES & {*phrase.attributes, *phrase.name.split()}
            assert phrase.text == " ".join(phrase.text.split())
            if not phrase.attributes and not phrase.relation:
                names = {scene.placed[number].thing.kind.name for number in phrase.things}
                assert len(names) == 1
                alike = [n for n, each in enumerate(scene.placed) if each.thing.kind.name in names]
                assert phrase.things == frozenset(alike)
            for word in phrase.attributes:
                looks = [scene.placed[number].thing.look for number in phrase.things]
                assert all(word in (look.colour, look.pattern, look.pose) for look in looks)


def test_every_phrase_makes_an_instruction(folder):
    for task in tasks(folder):
        structure = task["phrase_structure"]
        said = noun_phrase(task["phrase"], name=structure["name"], instances=len(task["ann_ids"]), keep_parts=False)
        assert structure["name"].split()[-1] in said.definite


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
