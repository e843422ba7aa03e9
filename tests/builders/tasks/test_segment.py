"""Semantic segmentation as a task: what is painted, what is called absent, and what is refused."""

from collections import Counter

import cv2
import msgspec
import numpy as np
import pytest

from ieiw.builders.protocols import Tools
from ieiw.builders.tasks.segment import Segment
from ieiw.builders.vocabulary import classes_document
from ieiw.triplets.drawings.answers import decode_answer
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.drawings.region import read
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode, encode_png
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.records import OpenRecord, Picture, Record
from ieiw.triplets.rejects import Reason, Refusal
from tests.support.label_maps import blocks

NAMES = {0: "person", 1: "grass", 2: "wall-other", 3: "wall-brick", 4: "bus", 5: "metal", 6: "zebra", 7: "pizza"}
TOOLS = Tools(short_side=64, encode=encode_png)


def open_record(labels, names=None, void=(255,), size=None):
    width, height = size or (labels.shape[1], labels.shape[0])
    noise = np.random.default_rng(0).integers(90, 160, (height // 8 + 1, width // 8 + 1, 3), np.uint8)
    pixels = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    data = {"labels": cv2.imencode(".png", labels)[1].tobytes(), "classes": classes_document(names or NAMES, void)}
    record = Record("1", "1", {}, {"coding": "index"}, "train")
    return OpenRecord("s", record, {"picture": Picture(pixels, (width, height))}, data)


def draw(record, count=60, **options):
    task = Segment(TOOLS, options)
    return [next(task.triplets(record, np.random.default_rng(seed))) for seed in range(count)]


def painted(triplet):
    source, target = decode(triplet.source.data).pixels, decode(triplet.target.data).pixels
    return read(source, target, triplet.answer.rgb, triplet.answer.alpha)


def test_the_mask_is_the_class_and_nothing_else_changes():
    labels = blocks(0, 1, 255, 4)
    for triplet in draw(open_record(labels), negatives=0):
        expected = labels == triplet.answer.asked.class_id
        np.testing.assert_array_equal(painted(triplet), expected)
        np.testing.assert_array_equal(from_rle(triplet.answer.mask), expected)
        np.testing.assert_array_equal(from_rle(triplet.answer.void), labels == 255)
        assert triplet.region_share == pytest.approx(0.25)
        assert triplet.answer.colour in triplet.instruction


def test_all_present_classes_and_no_void_are_drawn_alike():
    drawn = Counter(t.answer.asked.class_id for t in draw(open_record(blocks(0, 1, 255, 4)), 300, negatives=0))
    assert set(drawn) == {0, 1, 4}
    assert min(drawn.values()) > 70


def test_an_absent_class_is_absent_and_the_picture_stays_as_it_is():
    triplets = draw(open_record(blocks(0, 1, 4)), 200, negatives=1)
    assert {t.answer.asked.class_id for t in triplets} == {2, 3, 6, 7}
    for triplet in triplets:
        assert triplet.target.data == triplet.source.data
        assert not from_rle(triplet.answer.mask).any()
        assert triplet.answer.present is False
        assert triplet.region_share == 0


def test_one_pixel_is_enough_to_be_present():
    labels = blocks(0, 1)
    labels[5, 5] = 6
    assert 6 not in {t.answer.asked.class_id for t in draw(open_record(labels), 200, negatives=1)}
    assert 6 not in {t.answer.asked.class_id for t in draw(open_record(labels), 100, negatives=0)}


def test_the_share_of_negatives_is_what_was_asked():
    triplets = draw(open_record(blocks(0, 1, 4)), 1000)
    assert 0.16 < sum(not t.answer.present for t in triplets) / 1000 < 0.24


def test_nothing_is_called_absent_where_much_is_void():
    record = open_record(blocks(0, 1, 255, 4))
    assert all(t.answer.present for t in draw(record, 50, negatives=1))
    assert not any(t.answer.present for t in draw(record, 50, negatives=1, max_void=0.3))


def test_relatives_of_what_is_there_are_not_called_absent():
    asked = {t.answer.asked.class_id for t in draw(open_record(blocks(3, 1)), 200, negatives=1)}
    assert 2 not in asked  # some wall, while a brick wall is there
    assert {0, 6, 7} <= asked


def test_leftovers_are_called_the_other_ones_only_beside_their_relatives():
    beside = [t for t in draw(open_record(blocks(2, 3)), negatives=0, vague=True) if t.answer.asked.class_id == 2]
    assert all("all the other walls" in text for t in beside for text in t.alternatives)
    alone = draw(open_record(blocks(2, 1)), negatives=0)
    assert any("all the walls" in t.instruction for t in alone)


def test_a_class_is_not_asked_for_where_another_one_holds_a_part_of_it():
    names = {0: "table", 1: "dining table", 2: "clothes", 3: "person", 4: "wall-brick", 5: "wall-concrete", 6: "bus"}
    asked = {t.answer.asked.class_id for t in draw(open_record(blocks(0, 1, 2, 3, 4, 5), names), 200, negatives=0)}
    assert asked == {1}
    assert {t.answer.asked.class_id for t in draw(open_record(blocks(0, 2, 4), names), 100, negatives=0)} == {0, 2, 4}
    everything = draw(open_record(blocks(0, 1, 2, 3, 4, 5), names), 300, negatives=0, vague=True)
    assert {t.answer.asked.class_id for t in everything} == {0, 1, 2, 3, 4, 5}


def test_a_few_pixels_of_another_class_split_nothing():
    labels = blocks(0, 2)
    labels[0, :5] = 1
    record = open_record(labels, {0: "table", 1: "dining table", 2: "bus"})
    assert {t.answer.asked.class_id for t in draw(record, 60, negatives=0)} == {0, 2}


def test_the_only_walls_are_not_said_to_be_of_brick_unless_by_option():
    record = open_record(blocks(3, 1))
    assert {t.answer.asked.what for t in draw(record, 60, negatives=0)} == {"all the walls", "all the grass"}
    assert "all the brick walls" in {t.answer.asked.what for t in draw(record, 60, negatives=0, vague=True)}


def test_what_is_outlined_roughly_must_cover_more():
    labels = blocks(4)
    labels[:, :4], labels[:, 4:8] = 1, 6
    record = open_record(labels)
    rough = Record("1", "1", {}, {"coding": "index", "rough": [1, 3]}, "train")
    opened = OpenRecord("s", rough, record.pictures, record.data)
    assert {t.answer.asked.class_id for t in draw(record, 100, negatives=0)} == {1, 4, 6}
    assert {t.answer.asked.class_id for t in draw(opened, 100, negatives=0)} == {4, 6}
    assert {t.answer.asked.class_id for t in draw(opened, 100, negatives=0, min_rough_share=0.04)} == {1, 4, 6}


def test_classes_that_no_one_could_tell_are_asked_for_only_by_option():
    assert {t.answer.asked.class_id for t in draw(open_record(blocks(5, 1)), negatives=0)} == {1}
    assert {t.answer.asked.class_id for t in draw(open_record(blocks(5, 1)), negatives=0, vague=True)} == {1, 5}
    with pytest.raises(Refusal) as caught:
        draw(open_record(blocks(5)), 1, negatives=0)
    assert caught.value.reason is Reason.AMBIGUOUS


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (blocks(255), Reason.REGION_EMPTY),
        (blocks(200), Reason.REGION_EMPTY),
        (np.where(np.arange(96)[None] < 1, 0, blocks(255))[:1].repeat(64, axis=0).astype(np.uint8), None),
        (blocks(0)[:40], Reason.MASK_SIZE_MISMATCH),
    ],
)
def test_what_makes_no_triplet_is_refused(labels, reason):
    record = open_record(labels, size=(96, 64))
    if reason is None:
        assert draw(record, 1, negatives=0)
        return
    with pytest.raises(Refusal) as caught:
        draw(record, 1, negatives=0)
    assert caught.value.reason is reason


def test_slivers_are_too_small():
    labels = blocks(255)
    labels[0, :20] = 0
    with pytest.raises(Refusal) as caught:
        draw(open_record(labels), 1, negatives=0)
    assert caught.value.reason is Reason.REGION_TOO_SMALL


def test_ten_wordings_all_filled_and_the_instruction_is_one_of_them():
    for triplet in draw(open_record(blocks(0, 1, 4))):
        assert len(triplet.alternatives) >= 10
        assert triplet.instruction in triplet.alternatives
        assert not any("{" in text or "}" in text for text in triplet.alternatives)
        assert all(triplet.answer.asked.what in text and triplet.answer.colour in text for text in triplet.alternatives)


def test_simple_indicators_have_one_colour_a_class():
    triplets = draw(open_record(blocks(0, 1, 4)), 100, instructions="simple")
    colours = {(t.answer.asked.class_id, t.answer.colour) for t in triplets}
    assert len(colours) == len({number for number, _ in colours})
    assert {len(t.alternatives) for t in triplets} == {1}
    assert any(t.instruction.startswith("semantic segmentation: bus, ") for t in triplets)


def test_the_same_rng_gives_the_same_triplet_and_answers_are_json():
    record = open_record(blocks(0, 1, 4))
    assert draw(record, 20) == draw(open_record(blocks(0, 1, 4)), 20)
    for triplet in draw(record, 20):
        assert decode_answer(msgspec.json.encode(triplet.answer)) == triplet.answer
        assert triplet.answer.rgb == PALETTE[triplet.answer.colour]


def test_a_fruit_is_not_painted_in_the_colour_of_its_name():
    triplets = draw(open_record(blocks(0, 1), {0: "orange", 1: "lime"}), 200, negatives=0)
    assert "orange" not in {t.answer.colour for t in triplets if t.answer.asked.class_id == 0}
    assert "lime green" not in {t.answer.colour for t in triplets if t.answer.asked.class_id == 1}


def test_segments_of_json_become_a_map_and_overlap_is_void():
    record = open_record(blocks(0))
    runs = [
        [1, {"size": [64, 96], "counts": [0, 64 * 40, 64 * 56]}],
        [4, {"size": [64, 96], "counts": [64 * 30, 64 * 66]}],
    ]
    made = Record("1", "1", {}, {"segments": runs}, "train", size=(96, 64))
    opened = OpenRecord("s", made, record.pictures, {"classes": classes_document({1: "grass", 4: "bus"}, (0,))})
    masks = {t.answer.asked.spoken: from_rle(t.answer.mask) for t in draw(opened, 40, negatives=0)}
    columns = {name: np.flatnonzero(mask.all(axis=0)).tolist() for name, mask in masks.items()}
    assert columns == {"grass": list(range(30)), "bus": list(range(40, 96))}


def test_a_wrong_option_is_named_with_its_task():
    with pytest.raises(UsageError, match=r"task_options\.segment\.negative.*known: .*negatives"):
        Segment(TOOLS, {"negative": 1})
    with pytest.raises(UsageError, match=r"task_options\.segment\.palette.*release-masks"):
        Segment(TOOLS, {"palette": "nope"})
