"""Referring segmentation as a task: what is said, what is painted, and what is refused."""

import cv2
import numpy as np
import pytest

from ieiw.builders.protocols import Tools
from ieiw.builders.tasks.refer import Refer
from ieiw.triplets.drawings.region import read
from ieiw.triplets.images.codec import decode, encode_png
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.records import OpenRecord, Picture, Record
from ieiw.triplets.rejects import Reason, Refusal
from tests.support.source_case import square

TOOLS = Tools(short_side=64, encode=encode_png)
DOG = [sum(square(10, 10, 30), [])]
CAT = [sum(square(60, 20, 25), [])]


def open_record(expressions, targets, size=(96, 64), **annotation):
    noise = np.random.default_rng(0).integers(90, 160, (9, 13, 3), np.uint8)
    pixels = cv2.resize(noise, (96, 64), interpolation=cv2.INTER_CUBIC)
    held = annotation if expressions is None else {"expressions": expressions, "targets": targets} | annotation
    record = Record("1", "1", {}, held, "train", size=size)
    return OpenRecord("s", record, {"picture": Picture(pixels, (96, 64))})


def draw(record, count=40, **options):
    task = Refer(TOOLS, options)
    return [next(task.triplets(record, np.random.default_rng(seed))) for seed in range(count)]


def test_what_the_expression_means_is_painted_and_nothing_else():
    for triplet in draw(open_record(["dog on left"], [DOG])):
        source, target = decode(triplet.source.data).pixels, decode(triplet.target.data).pixels
        mask = read(source, target, triplet.answer.rgb)
        np.testing.assert_array_equal(mask, from_rle(triplet.answer.mask))
        assert mask[15:35, 15:35].all()
        assert not mask[:, 45:].any()
        assert "the dog on the left" in triplet.instruction


def test_several_targets_are_one_mask():
    (triplet,) = draw(open_record(["the dog and the cat"], [DOG, CAT]), 1)
    mask = from_rle(triplet.answer.mask)
    assert mask[25, 25]
    assert mask[30, 70]
    assert triplet.answer.asked.targets == 2


def test_no_target_leaves_the_picture_and_says_so():
    for triplet in draw(open_record(["the blue whale"], [])):
        assert triplet.source.data == triplet.target.data
        assert triplet.answer.present is False
        assert not from_rle(triplet.answer.mask).any()


def test_every_expression_is_drawn_and_all_are_alternatives():
    triplets = draw(open_record(["dog on left", "brown dog"], [DOG]), 60)
    assert {t.answer.asked.what for t in triplets} == {"dog on left", "brown dog"}
    for triplet in triplets:
        said = "brown dog" if triplet.answer.asked.what == "brown dog" else "dog on the left"
        assert said in triplet.instruction
        assert triplet.instruction in triplet.alternatives
        assert len(triplet.alternatives) >= 20
        assert not any("{" in text for text in triplet.alternatives)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("man upper left with hands to face", ": man upper left with hands to face"),
        ("a baby bear standing next to mother ' s leg , asleep", "mother's leg, asleep"),
        ("dog looking at {color}", "{ color}"),
        ("banana 3 o clock", "banana at 3 o'clock"),
        ("dog runs on beach", ": dog runs on beach"),
        ("horse man is riding", ": horse man is riding"),
    ],
)
def test_what_is_no_noun_phrase_is_quoted_as_it_stands(said, heard):
    sentences = draw(open_record([said], [DOG]), 1)[0].alternatives
    assert any(heard in text for text in sentences)
    assert not any("the far on" in text for text in sentences)


def test_the_first_noun_helps_to_read_what_follows_it():
    sentences = draw(open_record(["guy furthest from camera"], [DOG]), 1)[0].alternatives
    assert all("the guy furthest from the camera" in text for text in sentences)


@pytest.mark.parametrize(
    ("said", "category", "heard"),
    [
        ("black shirt", "person", "the person in the black shirt"),
        ("girl w/ hat", "person", "the girl with a hat"),
        ("red tie", "tie", "the red tie"),
        ("man in a black shirt", "person", "the man in a black shirt"),
    ],
)
def test_clothes_that_stand_for_a_person_are_said_as_such(said, category, heard):
    record = open_record([said], [DOG], meant=[[category]], others=[])
    assert all(heard in text and f"person in {heard}" not in text for text in draw(record, 1)[0].alternatives)


@pytest.mark.parametrize(
    "said", ["beard", "hand on right", "head at bottom", "red shirt picking nose", "red coat holding skis"]
)
def test_a_part_of_a_person_does_not_stand_for_all_of_them(said):
    with pytest.raises(Refusal):
        draw(open_record([said], [DOG], meant=[["person"]], others=[]), 1)


def test_the_colour_is_none_that_the_expression_names():
    colours = {t.answer.colour for t in draw(open_record(["man in red near the green car"], [DOG]), 300)}
    assert colours.isdisjoint({"red", "green", "lime green"})
    assert len(colours) > 4


def test_bare_nouns_of_phrasecut_get_their_plural():
    polygons = [[square(10, 10, 20)], [square(50, 10, 20)]]
    held = {"phrase": "cup", "phrase_structure": {"name": "cup"}, "Polygons": polygons}
    (triplet,) = draw(open_record(None, None, **held), 1)
    assert "the cups" in triplet.instruction
    assert triplet.answer.asked.targets == 2


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (open_record(["dog"], [[[0, 0, 2, 0, 2, 2, 0, 2]]]), Reason.REGION_TOO_SMALL),
        (open_record(["dog"], [[[200, 200, 260, 200, 260, 260]]]), Reason.REGION_EMPTY),
        (open_record(["dog"], [[[1, 2, 3]]]), Reason.MASK_UNREADABLE),
        (open_record(["dog"], [{"size": [9, 9], "counts": [81]}]), Reason.MASK_SIZE_MISMATCH),
        (open_record(["dog"], [DOG], size=(64, 64)), Reason.PICTURE_SIZE_MISMATCH),
        (open_record(["", " "], [DOG]), Reason.EMPTY_PHRASE),
        (open_record(["the fat ugly man"], [DOG]), Reason.PHRASE_UNUSABLE),
    ],
)
def test_what_makes_no_triplet_is_refused(record, reason):
    with pytest.raises(Refusal) as caught:
        draw(record, 1)
    assert caught.value.reason is reason


def test_unkind_expressions_are_left_out_where_there_are_others_and_kept_by_option():
    record = open_record(["the fat man", "the man on the left"], [DOG])
    assert {t.answer.asked.what for t in draw(record)} == {"the man on the left"}
    record = open_record(["the fat man", "the man on the left"], [DOG])
    assert {t.answer.asked.what for t in draw(record, keep_all=True)} == {"the fat man", "the man on the left"}


def test_scraps_are_left_out_where_there_is_something_better():
    record = open_record(["dog on the right", "dog", "red collar dog biting"], [DOG])
    assert {t.answer.asked.what for t in draw(record)} == {"dog on the right", "red collar dog biting"}
    assert draw(open_record(["dog"], [DOG]), 1)


def test_misspelt_expressions_are_left_out_and_the_reject_quotes_them():
    record = open_record(["dog on the right", "dog on teh rihgt"], [DOG])
    assert {t.answer.asked.what for t in draw(record)} == {"dog on the right"}
    with pytest.raises(Refusal, match=r"'right gy': 'gy' is misspelt.*'doog biting'") as caught:
        draw(open_record(["right gy", "doog biting"], [DOG]), 1)
    assert caught.value.reason is Reason.PHRASE_UNUSABLE


SAID = ["right gy", "the fat dog", "far right", "man biting", "banana 3"]


@pytest.mark.parametrize("said", SAID)
def test_an_evaluation_refuses_nothing_by_taste(said):
    speck = [sum(square(10, 10, 1.5), [])]
    held = {"meant": [["dog", 10, 10, 30, 30]], "others": [["dog", 60, 10, 30, 30]]}
    with pytest.raises(Refusal):
        draw(open_record([said], [DOG], **held), 1)
    assert said in draw(open_record([said], [DOG], **held), 1, keep_all=True)[0].answer.asked.what
    assert said in draw(open_record([said], [speck], as_said=True, **held), 1)[0].answer.asked.what


def test_a_bare_place_is_said_with_the_class_where_one_alone_is_there():
    held = {"meant": [["dog", 10, 10, 30, 30]], "others": [["dog", 60, 10, 30, 30]]}
    assert "the dog on the far left" in draw(open_record(["far left"], [DOG], **held), 1)[0].instruction
    with pytest.raises(Refusal, match="no thing that alone is there"):
        draw(open_record(["far right"], [DOG], **held), 1)


def test_simple_indicators_have_one_colour():
    triplets = draw(open_record(["dog"], [DOG]), instructions="simple")
    assert {t.instruction for t in triplets} == {"referring segmentation: dog, red"}
