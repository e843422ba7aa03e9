"""A thing among others of its name is told by a place that is its alone, or not at all."""

import numpy as np
import pytest

from ieiw.builders.replacement.alike import told_apart
from ieiw.builders.replacement.regions import Outlined
from ieiw.triplets.images.masks import bounding_box
from ieiw.triplets.records import OpenRecord, Record
from ieiw.triplets.rejects import Reason, Refusal


def told(*others, boxes=(), own=(5, 40, 20, 30), size=(100, 100)):
    """What is told of a dog at ``own`` beside others: label, and a box in pixels or None."""
    mask = np.zeros((100, 100), np.bool_)
    x, y, width, height = own
    mask[y : y + height, x : x + width] = True
    listed = [{"id": "0", "label": "dog", "box": list(own)}]
    listed += [
        {"id": str(number), "label": label} | ({"box": list(box)} if box else {})
        for number, (label, box) in enumerate(others, 1)
    ]
    unoutlined = [
        {"label": label} | ({"relative_box": [side / 100 for side in box]} if box else {"group": True})
        for label, box in boxes
    ]
    record = Record("r", "g", {"picture": "a.jpg"}, {"regions": listed, "boxes": unoutlined}, "train", size)
    return told_apart(OpenRecord("s", record, {}), Outlined("0", "dog", mask, bounding_box(mask)))


def test_alone_it_needs_no_place():
    assert told() == (0, "")
    assert told(("cat", (5, 40, 20, 30))) == (0, "")


def test_another_on_the_other_side_leaves_it_the_place():
    assert told(("dog", (70, 40, 20, 30))) == (1, "on the left")
    assert told(boxes=[("dog", (70, 40, 20, 30))]) == (1, "on the left")


def test_its_own_box_and_those_of_outlined_things_are_no_others():
    assert told(boxes=[("dog", (6, 41, 19, 29))]) == (0, "")
    assert told(("dog", (70, 40, 20, 30)), boxes=[("dog", (71, 40, 20, 30))]) == (1, "on the left")


@pytest.mark.parametrize(
    "others",
    [
        {"boxes": [("dog", (10, 5, 20, 30))]},  # on the left too
        {"boxes": [("dog", (20, 30, 40, 60))]},  # in no place that can be said
        {"boxes": [("dog", None)]},  # a group, which may be anywhere
        {"boxes": [("dog", (70, 40, 20, 30))], "own": (20, 30, 40, 60)},  # has no place itself
    ],
)
def test_what_no_place_tells_from_others_is_refused(others):
    with pytest.raises(Refusal) as refused:
        told(**others)
    assert refused.value.reason is Reason.AMBIGUOUS


def test_without_the_picture_s_size_nobody_knows_where_others_are():
    with pytest.raises(Refusal):
        told(("dog", (70, 40, 20, 30)), size=None)
