"""COCO's objects beside others: two of a kind told apart by their sides, and what goes along with whom."""

import json

import numpy as np
import pytest

from ieiw.builders import catalogue
from ieiw.builders.sources._coco_neighbours import Neighbour, held_by, side_among
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.rejects import Refusal
from tests.support.opened import TOOLS, opened
from tests.support.source_case import draw_picture, read_records
from tests.support.unit import verdicts

SIZE = (200, 100)
LEFT, RIGHT, MIDDLE, FAR_LEFT = (20, 20, 40, 60), (140, 20, 40, 60), (90, 20, 40, 60), (0, 20, 20, 60)
KINDS = ["dog", "person", "frisbee", "cup", "dining table", "chair", "kite"]


def thing(name, box):
    return Neighbour(name, box, None)


@pytest.mark.parametrize(
    ("own", "alike", "side"),
    [
        (LEFT, [], ""),
        (LEFT, [RIGHT], "on the left"),
        (RIGHT, [LEFT], "on the right"),
        (LEFT, [(30, 20, 40, 60)], None),  # side by side
        ((20, 20, 70, 60), [(60, 20, 80, 60)], None),  # a tangle
        ((20, 20, 70, 60), [(75, 20, 80, 60)], "on the left"),
        (LEFT, [FAR_LEFT], None),  # the right one of two, though on the left
        (LEFT, [MIDDLE, RIGHT], None),
        (LEFT, [None], None),  # a crowd, or unsound
        (None, [RIGHT], None),
        (LEFT, [(150, 20, 4, 6)], None),  # so small that one might not think of it
    ],
)
def test_one_of_two_is_told_by_its_side(own, alike, side):
    things = [thing("dog", box) if box else None for box in alike]
    if side is None:
        with pytest.raises(Refusal, match="ambiguous"):
            side_among(own and thing("dog", own), things, SIZE, "dog")
    else:
        assert side_among(own and thing("dog", own), things, SIZE, "dog") == side


@pytest.mark.parametrize(
    ("one", "others", "held"),
    [
        ("person", [("frisbee", (55, 20, 20, 20))], ["frisbee"]),
        ("person", [("frisbee", (80, 20, 20, 20))], []),  # thrown
        ("dog", [("frisbee", (55, 20, 20, 20))], ["frisbee"]),
        ("chair", [("frisbee", (55, 20, 20, 20))], []),
        ("person", [("cup", (50, 40, 10, 10))], ["cup"]),
        ("person", [("cup", (50, 40, 10, 10)), ("dining table", (0, 50, 200, 50))], []),  # it stands there
        ("person", [("frisbee", (55, 20, 20, 20)), ("dining table", (0, 30, 200, 50))], ["frisbee"]),
        ("person", [("kite", (58, 20, 20, 20)), ("person", (60, 20, 40, 60))], []),  # the other one's
        ("person", [("dog", (50, 40, 20, 40)), ("chair", (30, 40, 20, 40))], []),
    ],
)
def test_what_somebody_may_hold(one, others, held):
    found = held_by(thing(one, LEFT), [thing(name, box) for name, box in others])
    assert [each.name for each in found] == held


def box_of(x, y, width, height):
    return {"bbox": [x, y, width, height], "segmentation": [[x, y, x + width, y, x + width, y + height, x, y + height]]}


def write(root, things):
    draw_picture(root / "val2017" / "7.jpg")
    annotations = [
        {"id": at, "image_id": 7, "category_id": KINDS.index(name), "iscrowd": 0} | box_of(*box)
        for at, (name, box) in enumerate(things)
    ]
    (root / "annotations").mkdir()
    (root / "annotations" / "instances_val2017.json").write_text(json.dumps({
        "images": [{"id": 7, "file_name": "7.jpg", "width": 96, "height": 64}],
        "annotations": annotations,
        "categories": [{"id": number, "name": name} for number, name in enumerate(KINDS)],
    }))  # fmt: skip


def test_two_of_a_kind_are_removed_added_and_meant_by_their_sides(tmp_path):
    write(tmp_path, [("dog", (5, 20, 20, 30)), ("dog", (66, 20, 22, 30))])
    first, second = read_records("coco-instances", tmp_path, "val2017")
    assert (first.annotation["phrase"], second.annotation["phrase"]) == ("dog on the left", "dog on the right")
    made = verdicts("coco-instances", tmp_path, "val2017", ("addition", "refer", "removal"))
    assert [side for side in ("left", "right") for _ in range(3)] == [
        next(side for side in ("left", "right") if f"dog on the {side}" in verdict.triplet.instruction)
        for verdict in made
    ]


@pytest.mark.parametrize(("gap", "goes"), [(0, True), (8, False)])
def test_what_touches_goes_along_with_its_holder_and_is_said_nowhere(tmp_path, gap, goes):
    write(tmp_path, [("person", (20, 10, 20, 40)), ("frisbee", (40 + gap, 12, 9, 9))])
    removal, meant, *_ = (
        verdict.triplet for verdict in verdicts("coco-instances", tmp_path, "val2017", ("removal", "refer"))
    )
    assert not any("frisbee" in sentence for sentence in (*removal.alternatives, *meant.alternatives))
    more = from_rle(removal.answer.region) & ~from_rle(meant.answer.mask)
    assert bool(more.sum() > 60) is goes


@pytest.mark.parametrize("task", ["removal", "refer"])
def test_sides_told_before_a_picture_was_turned_are_not_used(task):
    record = opened(
        {
            "phrase": "dog on the left", "phrase_structure": {"name": "dog"}, "side": "on the left",
            "Polygons": [[[[9, 9], [90, 9], [90, 90]]]],
        },
        orientation=6,
    )  # fmt: skip
    with pytest.raises(Refusal, match="picture_turned"):
        next(catalogue.task(task, TOOLS, {}).triplets(record, np.random.default_rng(0)))
