"""Regions of a picture, in each form that sources give; a damaged one is refused and spoils no other."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from ieiw.builders.replacement.regions import Outlined, Refused, regions_of
from ieiw.triplets.rejects import Refusal
from tests.builders.replacement.pictures import SIZE, box_mask, opened, region, regioned, rle_of, sa1b, sa1b_document

BOX = (20, 30, 60, 50)


def reasons(record):
    return {found.id: found.reason for found in regions_of(record) if isinstance(found, Refused)}


def png(mask, size=None):
    buffer = io.BytesIO()
    picture = Pillow.fromarray(mask)
    (picture.resize(size, Pillow.Resampling.NEAREST) if size else picture).save(buffer, "PNG")
    return buffer.getvalue()


def test_regions_keep_order_label_and_pixels():
    first, second = regions_of(regioned(region("b", BOX, label="cup"), region("a", (100, 10, 30, 40))))
    assert (first.id, first.label, first.box) == ("b", "cup", BOX)
    assert (second.id, second.label, second.box) == ("a", "", (100, 10, 30, 40))
    np.testing.assert_array_equal(first.mask, box_mask(*BOX))


def test_polygons_are_drawn_too():
    x, y, width, height = BOX
    square = [[x, y, x + width, y, x + width, y + height, x, y + height]]
    (found,) = regions_of(regioned({"id": "1", "segmentation": square}))
    np.testing.assert_array_equal(found.mask, box_mask(*BOX))


def test_a_mask_file_of_another_size_is_brought_to_the_picture():
    small = png(box_mask(*BOX), (SIZE[0] // 2, SIZE[1] // 2))
    record = opened({"regions": [{"id": "1", "mask": "mask-0"}]}, {"mask-0": small})
    (found,) = regions_of(record)
    assert found.mask.shape == (SIZE[1], SIZE[0])
    assert found.box == BOX


def test_a_mask_file_that_is_missing_or_damaged_refuses_its_region_alone():
    regions = [{"id": name, "mask": name} for name in ("good", "empty", "cut", "gone", "narrow")]
    whole = png(box_mask(*BOX))
    data = {"good": whole, "empty": b"", "cut": whole[:40], "narrow": png(box_mask(*BOX), (50, 160))}
    assert reasons(opened({"regions": regions}, data)) == {
        "empty": "mask_unreadable",
        "cut": "mask_unreadable",
        "gone": "mask_unreadable",
        "narrow": "mask_size_mismatch",
    }


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_regions_are_turned_with_their_picture(orientation):
    record = regioned(region("1", BOX), orientation=orientation)
    if orientation == 3:  # sizes do not tell
        assert reasons(record) == {"1": "picture_turned"}
        return
    (found,) = regions_of(record)
    marked = np.where(box_mask(*BOX)[..., None], 255, 0).astype(np.uint8).repeat(3, axis=2)
    turned = regioned(region("1", BOX), orientation=orientation, pixels=marked).picture.pixels
    np.testing.assert_array_equal(found.mask, turned[..., 0] == 255)


def test_damaged_regions_are_refused_one_by_one():
    record = regioned(
        region("good", BOX),
        region("size", BOX) | {"segmentation": rle_of(np.ones((10, 10), np.bool_))},
        region("runs", BOX) | {"segmentation": {"size": [160, 200], "counts": "04"}},
        region("none", BOX) | {"segmentation": None},
        region("void", (0, 0, 0, 0)),
        region("good", BOX),
        {"segmentation": []},
        {"id": "flag", "group": "yes"},
    )
    assert [found.id for found in regions_of(record) if isinstance(found, Outlined)] == ["good"]
    assert reasons(record) == {
        "size": "mask_size_mismatch",
        "runs": "mask_unreadable",
        "none": "mask_unreadable",
        "void": "region_empty",
        "good": "duplicate_record",
        "@6": "invalid_record",
        "@7": "invalid_record",
    }


def test_sa1b_is_read_from_its_json():
    first, second = regions_of(sa1b(sa1b_document(BOX, (100, 10, 30, 40))))
    assert (first.id, first.label, first.box) == ("1", "", BOX)
    assert second.box == (100, 10, 30, 40)


def test_sa1b_of_another_size_is_refused():
    document = sa1b_document(BOX)
    document["annotations"][0]["segmentation"] = rle_of(np.ones((20, 30), np.bool_))
    assert reasons(sa1b(document)) == {"1": "mask_size_mismatch"}
    with pytest.raises(Refusal, match="picture_size_mismatch"):
        list(regions_of(sa1b(sa1b_document((1, 1, 5, 5), size=(50, 90)))))


@pytest.mark.parametrize("data", [b"", b"[]", b'{"image": {"width": 0, "height": 3}, "annotations": []}', b"[" * 5000])
def test_a_damaged_json_refuses_the_picture(data):
    with pytest.raises(Refusal, match=r"invalid_record: 1\.json"):
        list(regions_of(sa1b(data)))


def test_a_damaged_annotation_spoils_no_other():
    document = sa1b_document(BOX, BOX)
    document["annotations"].insert(1, {"id": "seven"})
    assert [type(found) for found in regions_of(sa1b(document))] == [Outlined, Refused, Outlined]


def outlined(phrase, name, count=1):
    x, y, width, height = BOX
    square = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]
    return opened({"phrase": phrase, "phrase_structure": {"name": name}, "Polygons": [[square]] * count})


@pytest.mark.parametrize(
    ("phrase", "name", "label"),
    [
        ("blue bird on top of tree", "bird", "blue bird"),
        ("person on the left", "person", "person"),
        ("closest red car", "car", "red car"),
        ("slice of pizza", "slice", "slice of pizza"),
    ],
)
def test_an_outlined_thing_is_a_region_called_by_its_noun(phrase, name, label):
    (found,) = regions_of(outlined(phrase, name))
    assert found.label == label
    assert found.mask[50, 50]


@pytest.mark.parametrize(
    ("phrase", "name", "count", "reason"),
    [("cars", "car", 1, "ambiguous"), ("bird", "bird", 2, "ambiguous"), ("qwxz vrb", "", 1, "phrase_unusable")],
)
def test_several_things_are_no_region(phrase, name, count, reason):
    assert reasons(outlined(phrase, name, count)) == {"": reason}


def test_a_record_without_regions_says_so():
    with pytest.raises(Refusal, match="no_region"):
        list(regions_of(opened({"classes": []})))
