"""Quality of regions: each rule refuses by its own name, and cheap ones before a mask is drawn."""

import cv2
import numpy as np
import pytest

from ieiw.builders.replacement import regions
from ieiw.builders.replacement.quality import Good, QualityRules, crop_of, good_regions
from ieiw.builders.replacement.regions import Outlined, Refused
from ieiw.builders.replacement.sharpness import sharpness_of
from ieiw.triplets.images.masks import bounding_box
from tests.builders.replacement.pictures import SIZE, box_mask, photo, region, regioned, rle_of, sa1b, sa1b_document

BOX = (20, 30, 60, 50)
PIXELS = SIZE[0] * SIZE[1]


def verdicts(record, **rules):
    return {
        found.id: found.reason.value if isinstance(found, Refused) else "good"
        for found in good_regions(record, QualityRules(**rules))
    }


def verdict(box, facts=None, **rules):
    return verdicts(regioned(region("1", box, **(facts or {}))), **rules)["1"]


@pytest.mark.parametrize(
    ("box", "facts", "rules", "expected"),
    [
        (BOX, {}, {}, "good"),
        ((20, 30, 48, 48), {"box": None}, {"min_share": 48 * 48 / PIXELS}, "good"),
        ((20, 30, 48, 48), {"box": None}, {"min_share": 48 * 49 / PIXELS}, "region_too_small"),
        ((1, 1, 198, 158), {}, {}, "region_too_large"),
        ((1, 1, 198, 158), {}, {"max_share": 0.98}, "good"),
        ((20, 30, 100, 47), {"box": None}, {}, "region_too_thin"),
        ((20, 30, 100, 40), {}, {}, "region_too_thin"),
        ((0, 30, 60, 50), {}, {}, "region_cut_by_border"),
        ((140, 30, 60, 50), {}, {}, "region_cut_by_border"),
        ((20, 110, 60, 50), {}, {}, "region_cut_by_border"),
        ((0, 30, 60, 50), {}, {"border": "keep"}, "good"),
        (BOX, {"truncated": True}, {}, "region_cut_by_border"),
        (BOX, {"label": "brick wall"}, {}, "region_no_thing"),
        (BOX, {"label": "lakes"}, {}, "region_no_thing"),
        (BOX, {"label": "lake house"}, {}, "good"),
        (BOX, {"group": True}, {}, "crowd"),
        (BOX, {"group": True}, {"groups": True}, "good"),
        (BOX, {"depiction": True}, {}, "region_no_thing"),
        (BOX, {"inside": True}, {}, "region_no_thing"),
        (BOX, {"iou": 0.749}, {}, "region_unsure"),
        (BOX, {"iou": 0.751, "stability": 0.921}, {}, "good"),
        (BOX, {"stability": 0.919}, {}, "region_unsure"),
        (BOX, {"stability": float("nan")}, {}, "region_unsure"),
    ],
)
def test_each_rule_refuses_just_beyond_its_bound(box, facts, rules, expected):
    assert verdict(box, facts, **rules) == expected


def test_an_outline_by_hand_that_ends_just_before_the_border_reaches_it():
    size = (640, 480)
    for x, expected in ((2, "region_cut_by_border"), (3, "good")):
        entry = region("1", BOX) | {"box": None, "segmentation": rle_of(box_mask(x, 100, 200, 200, size))}
        assert verdicts(regioned(entry, size=size, pixels=photo(size))) == {"1": expected}


def test_a_good_region_knows_its_share_and_sharpness():
    (found,) = good_regions(regioned(region("7", BOX, label="cup")), QualityRules())
    assert isinstance(found, Good)
    assert (found.id, found.label, found.box, found.share) == ("7", "cup", BOX, 3000 / PIXELS)
    assert found.sharpness > 20
    np.testing.assert_array_equal(found.mask, box_mask(*BOX))


def test_no_mask_is_drawn_of_what_the_data_set_already_refuses(monkeypatch):
    drawn = []
    monkeypatch.setattr(regions, "segmentation_mask", lambda value, size: drawn.append(value) or box_mask(*BOX))
    facts = [{"group": True}, {"depiction": True}, {"iou": 0.1}, {"box": [0, 0, 9, 9]}, {"box": [0, 0, 199, 20]}]
    assert "good" not in verdicts(regioned(*(region(str(at), BOX, **each) for at, each in enumerate(facts)))).values()
    assert drawn == []
    assert verdict(BOX) == "good"
    assert len(drawn) == 1


def test_a_box_one_short_of_its_extent_decides_nothing_wrongly():
    record = sa1b(sa1b_document((20, 30, 48, 48)))
    assert verdicts(record, min_share=48 * 48 / PIXELS) == {"1": "good"}


def parts(*labels, inner=(40, 50, 60, 60), **rules):
    outer = region("whole", (20, 10, 120, 120), label=labels[0])
    return verdicts(regioned(region("part", inner, label=labels[1]), outer), **rules)


def test_what_lies_in_a_larger_region_is_a_part_of_it():
    assert parts("", "") == {"part": "region_part", "whole": "good"}
    assert parts("", "", max_within=1) == {"part": "good", "whole": "good"}
    assert parts("", "", max_share=0.4) == {"part": "good", "whole": "region_too_large"}  # such a whole is the scene
    assert parts("", "", inner=(131, 50, 60, 60)) == {"part": "good", "whole": "good"}


def test_another_label_is_another_thing_unless_bodies_have_it():
    assert parts("person", "cup") == {"part": "good", "whole": "good"}
    assert parts("person", "person")["part"] == "region_part"
    assert parts("person", "human hand")["part"] == "region_part"
    assert parts("car", "wheel")["part"] == "region_part"


def test_a_whole_that_is_no_good_itself_still_has_parts():
    record = regioned(region("arm", (20, 50, 60, 60)), region("man", (0, 10, 120, 120)))
    assert verdicts(record) == {"arm": "region_part", "man": "region_cut_by_border"}


def test_of_two_copies_the_first_stays():
    assert verdicts(regioned(region("1", BOX), region("2", BOX))) == {"1": "good", "2": "region_part"}


def test_several_things_in_one_outline_are_refused():
    mask = box_mask(5, 5, 30, 30) | box_mask(150, 110, 30, 30)
    entry = region("1", BOX) | {"segmentation": region("1", BOX)["segmentation"]}
    x, y, width, height = bounding_box(mask)
    entry |= {"box": [x, y, width, height], "segmentation": [[5, 5, 35, 5, 35, 35, 5, 35]]}
    entry["segmentation"].append([150, 110, 180, 110, 180, 140, 150, 140])
    assert verdicts(regioned(entry)) == {"1": "ambiguous"}


def smooth(strength):
    """Squares of 16 pixels, out of focus by so many."""
    rows, columns = np.mgrid[:224, :224] // 16
    board = np.where((rows + columns) % 2, 230, 25).astype(np.uint8)[..., None].repeat(3, axis=2)
    return cv2.GaussianBlur(board, (0, 0), strength)


def test_what_is_out_of_focus_is_refused():
    mask = box_mask(10, 10, 200, 200, (224, 224))
    found = [sharpness_of(smooth(strength), Outlined("", "", mask, (10, 10, 200, 200))) for strength in (1, 2, 4, 8)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 10 > 6 > found[3]
    blurred = cv2.GaussianBlur(photo(), (0, 0), 8)
    assert verdicts(regioned(region("1", BOX), pixels=blurred)) == {"1": "region_blurred"}


def test_sharpness_knows_neither_size_nor_outline():
    picture = smooth(4)
    mask = box_mask(10, 10, 200, 200, (224, 224))
    small = sharpness_of(picture, Outlined("", "", mask, (10, 10, 200, 200)))
    large = cv2.resize(picture, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    tripled = sharpness_of(large, Outlined("", "", box_mask(30, 30, 600, 600, (672, 672)), (30, 30, 600, 600)))
    assert tripled == pytest.approx(small, rel=0.3)
    flat = np.full((224, 224, 3), 40, np.uint8)
    flat[10:210, 10:210] = 200  # the only edge is the outline
    assert sharpness_of(flat, Outlined("", "", mask, (10, 10, 200, 200))) == 0


def test_a_crop_is_the_box_with_its_margin_cut_at_the_border():
    picture, found = photo(), Outlined("1", "", box_mask(*BOX), BOX)
    crop, silhouette = crop_of(picture, found, 0.0)
    np.testing.assert_array_equal(crop, picture[30:80, 20:80])
    assert silhouette.all()
    crop, silhouette = crop_of(picture, found, 0.5)
    np.testing.assert_array_equal(crop, picture[5:105, 0:110])
    assert bounding_box(silhouette) == (20, 25, 60, 50)
