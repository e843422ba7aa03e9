"""White masks: the class is white, the rest black."""

import cv2
import numpy as np

from ieiw.builders.tasks.segment_mask import SegmentMask
from ieiw.builders.vocabulary import classes_document
from ieiw.triplets.drawings import white_mask
from tests.support.label_maps import blocks
from tests.support.opened import LOSSLESS, opened, pixels, triplets


def test_the_class_is_white_and_the_rest_black():
    labels = blocks(0, 1, 4)
    names = classes_document({0: "person", 1: "grass", 4: "bus"}, (255,))
    record = opened({"coding": "index"}, 96, 64, labels=cv2.imencode(".png", labels)[1].tobytes(), classes=names)
    made = triplets(SegmentMask(LOSSLESS, {}), record)
    assert {triplet.answer.asked.class_id for triplet in made} == {0, 1, 4}
    for triplet in made:
        np.testing.assert_array_equal(white_mask.read(pixels(triplet.target)), labels == triplet.answer.asked.class_id)
        assert set(np.unique(pixels(triplet.target))) == {0, 255}
        assert triplet.answer.asked.what in triplet.instruction and "{" not in triplet.instruction


def test_absent_classes_are_all_black_where_asked_for():
    names = classes_document({0: "person", 1: "grass", 4: "bus", 6: "zebra"}, (255,))
    data = cv2.imencode(".png", blocks(0, 1))[1].tobytes()
    made = triplets(
        SegmentMask(LOSSLESS, {"negatives": 1}), opened({"coding": "index"}, 96, 64, labels=data, classes=names)
    )
    assert {triplet.answer.asked.class_id for triplet in made} == {4, 6}
    assert all(not pixels(triplet.target).any() for triplet in made)
