"""The benchmarks of tasks and of plans: their input is sound, their floor does the work that it claims."""

import json
import random
from dataclasses import replace

import cv2
import numpy as np
import pytest

from bench import plan_coco
from bench.pictures import SIZE
from bench.task_inputs import write_key_points, write_stuff
from bench.tasks import CASES, Case, Cost, _bare_loop, _crop_of_person, _floor, _planned, lapped, measure
from ieiw.triplets.images.codec import short_side_size
from ieiw.triplets.layout.plan import read_attempts


@pytest.fixture(autouse=True)
def one_thread():
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


def small(persons):
    return Case("x", "coco-keypoints", "keypoints", lambda root: write_key_points(root, 3, persons), _crop_of_person)


def test_the_floor_encodes_two_pictures_a_triplet_at_the_size_it_scales_to(tmp_path):
    case = small(persons=2)
    root = case.write(tmp_path / "in")
    store, ref = _planned(case, root, tmp_path / "out")
    groups = _floor(case, root, list(read_attempts(store, ref)))
    assert len(groups) == 3
    for group in groups:
        assert len(group.encoded) == 2 * len(group.records) == 4
        picture = cv2.imread(str(group.files["picture"]))
        cut = _crop_of_person(group.records[0], {"picture": picture})
        assert cut.shape == group.encoded[0].shape == group.encoded[1].shape
        assert min(cut.shape[:2]) == min(short_side_size(cut.shape[1::-1], 256))
    assert len(list(_bare_loop(case, groups, beside=False))) == 3


def test_pictures_hold_as_many_bytes_a_pixel_as_cocos(tmp_path):
    files = [path.stat().st_size for path in write_key_points(tmp_path, 14, 1).rglob("*.jpg")]
    assert 0.5 < np.mean(files) / (SIZE[0] * SIZE[1]) < 0.65


def test_a_unit_costs_more_than_its_floor(tmp_path):
    cost = measure(small(persons=1), tmp_path, repeats=1)
    assert cost.triplets == 3
    assert cost.whole > 0.8 * cost.drawn
    assert min(cost.drawn, cost.floor) > 0  # how they compare is for a quiet machine, and for docs/benchmarks.md
    assert cost.wider == cost.floor
    assert [row.what for row in cost.rows("x")] == ["x, 3 triplets: drawing", "x: the whole unit"]


def test_the_wider_floor_reads_the_label_map_too(tmp_path):
    full = next(case for case in CASES if case.task == "segment")
    case = replace(full, write=lambda root: write_stuff(root, 3))
    cost = measure(case, tmp_path, repeats=2)
    assert cost.wider > cost.floor
    assert [row.what.partition(": ")[2] for row in cost.rows("x")][2].startswith("drawing, over the floor without")


def test_rows_are_ratios_held_against_the_limit():
    rows = Cost(drawn=0.0048, whole=0.0052, floor=0.003, wider=0.004, triplets=9).rows("x")
    assert [(row.figure, row.good) for row in rows] == [
        ("1.20 x of 4.00 ms", True),
        ("1.30 x of 4.00 ms", False),
        ("1.60 x of 3.00 ms", False),
    ]


def test_laps_lose_nothing():
    seen = []
    assert list(lapped(range(60), lambda: seen.append(len(seen)))) == list(range(60))
    assert len(seen) == 2


def test_every_promised_task_is_measured():
    wanted = {"keypoints", "segment", "refer", "deblur", "denoise", "watermark-removal"}
    assert {case.task for case in CASES} == wanted


@pytest.mark.parametrize("number", range(len(plan_coco.CASES)))
def test_generated_annotations_can_be_planned_and_built(tmp_path, number):
    full = plan_coco.CASES[number]
    case = plan_coco.Case(full.dataset, full.tasks, full.file, 40, 200, full.fields, full.categories, full.options)
    file = plan_coco.write_annotation(tmp_path, case)
    assert len(json.loads(file.read_text())["annotations"]) == 200
    planned = plan_coco.plan_here(tmp_path, tmp_path / "out", case)
    built = plan_coco.build_here(tmp_path, tmp_path / "out")
    assert planned["attempts"] >= built["built"] + built["rejected"] > 0
    assert built["built"] > 0


def test_elements_have_the_bytes_of_the_official_file():
    one = json.dumps(plan_coco.CASES[0].fields(random.Random(0)))
    assert 200 < len(one) < 1500
