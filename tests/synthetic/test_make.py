"""Scenes are the same for the same seed, whoever draws them, and never overwritten."""

import filecmp

import pytest

from ieiw.synthetic import make_scenes
from ieiw.triplets.errors import UsageError
from tests.synthetic.conftest import SMALL, tasks


def test_any_number_of_workers_and_scenes_gives_the_same_files(folder, tmp_path):
    make_scenes(tmp_path, 18, 3, SMALL, workers=2)
    names = [f"VGPhraseCut_v0/images/{number}.jpg" for number in range(1, 19)]
    same, different, missing = filecmp.cmpfiles(folder, tmp_path, names, shallow=False)
    assert (len(same), different, missing) == (18, [], [])
    begun = [task for task in tasks(folder) if task["image_id"] <= 18]
    assert sorted(begun, key=str) == sorted(tasks(tmp_path), key=str)


def test_scenes_that_are_there_are_not_overwritten(folder):
    with pytest.raises(UsageError, match="holds scenes already"):
        make_scenes(folder, 1, 0, SMALL)
