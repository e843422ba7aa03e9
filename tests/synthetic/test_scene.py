"""A scene follows from its seed, and its picture from what is in it."""

import cv2
import numpy as np
import pytest

from ieiw.synthetic import render
from tests.synthetic.conftest import SMALL, tasks


def test_another_seed_is_another_set():
    assert not np.array_equal(render(3, 0, SMALL).picture, render(4, 0, SMALL).picture)


def test_a_picture_too_small_for_things_is_refused():
    with pytest.raises(ValueError, match="128"):
        render(0, 0, (100, 200))


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


def test_places_that_are_not_there_are_named():
    with pytest.raises(ValueError, match="'on the moon'.*in a meadow"):
        render(0, 0, place="on the moon")
