"""COCO's segmentations: as the official tools decode them, or refused where those would crash."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco

from ieiw.builders.formats.coco_masks import segmentation_mask, union
from ieiw.triplets.rejects import Reason, Refusal
from tests.support.label_maps import run_lengths

MASKS = st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1)).map(
    lambda drawn: np.random.default_rng(drawn[2]).random(drawn[:2]) < 0.4
)


@given(MASKS)
def test_run_lengths_of_both_kinds_come_back(mask):
    height, width = mask.shape
    packed = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    flat = mask.T.ravel()
    borders = np.flatnonzero(np.diff(np.concatenate([[False], flat]).astype(int)))
    plain = np.diff(np.concatenate([[0], borders, [flat.size]])).tolist()
    for counts in (packed["counts"].decode(), packed["counts"], plain):
        found = segmentation_mask({"size": [height, width], "counts": counts}, (width, height))
        np.testing.assert_array_equal(found, mask)


def test_polygons_are_drawn_as_the_official_tools_do():
    polygons = [[10.5, 10.2, 40.1, 12.0, 33.3, 44.4], [50, 50, 60, 50, 60, 61.5, 50, 60]]
    expected = coco.decode(coco.merge(coco.frPyObjects(polygons, 64, 96))).astype(bool)
    np.testing.assert_array_equal(segmentation_mask(polygons, (96, 64)), expected)
    points = segmentation_mask([*polygons, [1, 1, 9, 9]], (96, 64))
    np.testing.assert_array_equal(points, expected)


def test_an_area_agrees_with_another_drawing_program():
    polygon = np.array([[10, 10], [80, 14], [70, 50], [20, 55]])
    other = cv2.fillPoly(np.zeros((64, 96), np.uint8), [polygon], 1).astype(bool)
    mine = segmentation_mask([polygon.ravel().tolist()], (96, 64))
    assert (mine & other).sum() / (mine | other).sum() > 0.95


def test_nothing_encloses_nothing_and_a_union_holds_all():
    assert not segmentation_mask([], (9, 9)).any()
    assert not union([], (9, 9)).any()
    both = union([[[0, 0, 4, 0, 4, 4, 0, 4]], [[5, 5, 9, 5, 9, 9, 5, 9]]], (9, 9))
    assert both[2, 2]
    assert both[7, 7]
    assert not both[2, 7]


@pytest.mark.parametrize(
    ("segmentation", "reason"),
    [
        (None, Reason.MASK_UNREADABLE),
        ("text", Reason.MASK_UNREADABLE),
        ([[1, 2, 3]], Reason.MASK_UNREADABLE),
        ([[float("nan")] * 6], Reason.MASK_UNREADABLE),
        ([[True, 1, 2, 2, 3, 3]], Reason.MASK_UNREADABLE),
        ({"counts": [81]}, Reason.MASK_UNREADABLE),
        ({"size": [9, 9]}, Reason.MASK_UNREADABLE),
        ({"size": [9, 9], "counts": [80]}, Reason.MASK_UNREADABLE),
        ({"size": [9, 9], "counts": [-1, 82]}, Reason.MASK_UNREADABLE),
        ({"size": [9, 9], "counts": [10**12]}, Reason.MASK_UNREADABLE),
        ({"size": [9, 9], "counts": "PPPPPPPPPPPPPPPPPPPP"}, Reason.MASK_UNREADABLE),
        ({"size": [9, 9], "counts": "é~"}, Reason.MASK_UNREADABLE),
        ({"size": [9, 9], "counts": "1"}, Reason.MASK_UNREADABLE),
        ({"size": [9, 8], "counts": [72]}, Reason.MASK_SIZE_MISMATCH),
        ({"size": [0, 9], "counts": []}, Reason.MASK_UNREADABLE),
    ],
)
def test_what_would_crash_or_lie_is_refused(segmentation, reason):
    with pytest.raises(Refusal) as caught:
        segmentation_mask(segmentation, (9, 9))
    assert caught.value.reason is reason


@given(st.text(st.characters(min_codepoint=40, max_codepoint=120), max_size=40))
def test_no_text_crashes(counts):
    try:
        mask = segmentation_mask({"size": [9, 9], "counts": counts}, (9, 9))
    except Refusal:
        return
    assert mask.shape == (9, 9)


def test_corners_far_outside_are_cut_off():
    mask = segmentation_mask([[-1e9, -1e9, 1e9, -1e9, 1e9, 1e9, -1e9, 1e9]], (9, 7))
    assert mask.shape == (7, 9)
    assert mask.all()


def test_a_list_of_run_lengths_is_the_union_of_its_parts():
    parts = run_lengths((10, 10, 30, 40), (50, 20, 90, 60))
    mask = segmentation_mask(parts, (96, 64))
    assert mask.sum() == 20 * 30 + 40 * 40
    assert mask[10, 10] and mask[59, 89] and not mask[15, 40]
    mixed = segmentation_mask([*parts, [0, 0, 8, 0, 8, 8, 0, 8]], (96, 64))
    assert mixed[2, 2] and mixed[10, 10]
    with pytest.raises(Refusal, match="mask_size_mismatch"):
        segmentation_mask(parts, (64, 96))
