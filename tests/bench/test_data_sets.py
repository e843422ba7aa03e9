"""The table of data sets is written by a script: what it must keep, replace and refuse."""

import numpy as np
import pytest

from bench.data_sets import cells, with_counts, with_figures
from bench.read_back import Drawn, _boxes, _points, figure, table
from bench.samples import SAMPLES, Sample
from ieiw.builders.catalogue import DATA_SETS, REPLACEMENT, TASKS
from ieiw.pipelines.lint.report import SourceReport
from ieiw.triplets.drawings import boxes, points
from ieiw.triplets.drawings.asked import AskedClass
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import check_source_name

PAGE = """# Data sets

| data set | licence | sample |
|---|---|---|
| `a` (A) | free | train 1 / 1 / 0 |
| `a-2` (A2) | `a` | old |

After.
"""

RED = (255, 0, 0)


def test_every_sample_has_a_data_set_and_every_task_a_sample():
    assert {sample.dataset for sample in SAMPLES} <= DATA_SETS.keys()
    assert {task for sample in SAMPLES for task in sample.tasks} == TASKS.keys() - {REPLACEMENT}


def test_names_of_samples_are_unique_and_sound():
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES)
    for sample in SAMPLES:
        check_source_name(sample.name)


def test_records_are_attempts_over_tasks():
    sample = Sample("a", "x", "train", ("removal", "addition"))
    counts = {sample.name: SourceReport(attempts=2468, built=2000, rejected=468)}
    assert cells([sample], counts) == {"a": "train 1,234 / 2,000 / 468"}


def test_only_the_last_column_of_the_named_row_changes():
    page = with_counts(PAGE, {"a": "train 5 / 4 / 1"})
    assert page == PAGE.replace("train 1 / 1 / 0", "train 5 / 4 / 1")


def test_a_data_set_without_a_row_is_named():
    with pytest.raises(UsageError, match="no row of `b`"):
        with_counts(PAGE, {"b": "x"})


def test_figures_are_replaced_in_place():
    once = with_figures(PAGE, "| one |")
    assert once.startswith(PAGE.rstrip("\n"))
    assert with_figures(once + "More.\n", "| two |") == once.replace("one", "two") + "More.\n"


@pytest.fixture
def picture():
    return np.full((64, 96, 3), 90, np.uint8)


def test_a_point_that_is_not_found_misses_the_limit(picture):
    point = points.Point(joint="nose", words="nose", colour="red", rgb=RED, drawn=True, x=30.0, y=20.0, visibility=2)
    box = (0.0, 0.0, 96.0, 64.0)
    answer = points.Answer(points=(point,), radius=4.0, layout="coco", joints=(), box=box, view="whole", who="the man")
    drawn = points.draw(picture, [(30.0, 20.0)], 4, RED)
    found, lost = (_points(Drawn(picture, target, answer)) for target in (drawn, picture))
    assert found[0] < 0.1
    assert figure("keypoints", "x", found).good
    assert not figure("keypoints", "x", np.concatenate([found, lost])).good


def test_a_box_that_is_not_found_misses_the_limit(picture):
    outlines, annotated = ((10, 10, 40, 30),), ((10.3, 9.8, 40.0, 30.0), (60.0, 5.0, 30.0, 40.0))
    asked = AskedClass(what="the dogs", spoken="dog", class_name="dog")
    answer = boxes.Answer(asked=asked, boxes=annotated, outlines=outlines, colour="red", rgb=RED, line=2)
    errors = _boxes(Drawn(picture, boxes.draw(picture, outlines, RED, 2), answer))
    assert errors[0] == pytest.approx(0.3)
    assert errors[1] > 1
    assert "**no**" in table([figure("detect", "x", errors)])


def test_the_tail_of_an_overlap_is_its_low_end():
    values = np.concatenate([np.ones(97), np.full(3, 0.5)])
    line = figure("segment", "x", values)
    assert (line.median, line.tail, line.good) == ("1.000", "0.500, 0.500", False)
