"""InstructCV's tasks: what is drawn, what is said of it, and what is refused."""

import cv2
import msgspec
import numpy as np
import pytest

from ieiw.builders.protocols import Tools
from ieiw.builders.tasks.classify import Classify
from ieiw.builders.tasks.depth import DepthEstimation
from ieiw.builders.tasks.detect import Detect
from ieiw.builders.tasks.segment_mask import SegmentMask
from ieiw.builders.vocabulary import classes_document
from ieiw.triplets.drawings import boxes, colour, depth, white_mask
from ieiw.triplets.drawings.answers import decode_answer
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode, encode_jpeg, encode_png
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.records import OpenRecord, Picture, Record
from ieiw.triplets.rejects import Reason, Refusal
from tests.support.label_maps import blocks

SIDE = 128
TOOLS = Tools(short_side=SIDE, encode=encode_jpeg)
LOSSLESS = Tools(short_side=SIDE, encode=encode_png)


def opened(annotation, width=256, height=192, orientation=1, **data):
    noise = np.random.default_rng(0).integers(60, 200, (6, 8, 3), np.uint8)
    upright = (height, width) if orientation >= 5 else (width, height)
    pixels = cv2.resize(noise, upright, interpolation=cv2.INTER_CUBIC)
    record = Record("1", "1", {"picture": "1.jpg"}, annotation, "train", size=(width, height))
    return OpenRecord("s", record, {"picture": Picture(pixels, (width, height), orientation)}, data)


def triplets(task, record, count=20):
    return [next(task.triplets(record, np.random.default_rng(seed))) for seed in range(count)]


def pixels(encoded):
    return decode(encoded.data).pixels


BOXES = [[20.0, 30.0, 60.0, 80.0], [100.5, 20.2, 90.0, 100.0], [60, 60, 80, 70]]


def test_all_boxes_of_the_class_are_outlined_and_come_back_within_a_pixel():
    for triplet in triplets(Detect(TOOLS, {}), opened({"class": "dog", "boxes": BOXES})):
        answer = triplet.answer
        found = boxes.read(pixels(triplet.source), pixels(triplet.target), answer.rgb, answer.line)
        assert len(found) == len(BOXES)
        for official, box in zip(BOXES, answer.boxes, strict=True):
            np.testing.assert_allclose(np.array(official) * SIDE / 192, box, atol=0.2)
            x, y, width, height = box
            errors = [
                max(abs(x - a), abs(y - b), abs(x + width - a - c), abs(y + height - b - d)) for a, b, c, d in found
            ]
            assert min(errors) <= 1
        assert answer.colour in triplet.instruction and "dogs" in triplet.instruction
        assert len(triplet.alternatives) >= 10 and triplet.instruction in triplet.alternatives
        assert decode_answer(msgspec.json.encode(answer)) == answer


def test_boxes_turn_with_the_picture():
    # Orientation 6: the stored picture is turned by 90 degrees clockwise to be upright.
    record = opened({"class": "dog", "boxes": [[0, 0, 64, 48]]}, orientation=6)
    (triplet,) = triplets(Detect(LOSSLESS, {}), record, 1)
    x, y, width, height = triplet.answer.boxes[0]
    scale = SIDE / 192
    np.testing.assert_allclose([x, y, width, height], [(192 - 48) * scale, 0, 48 * scale, 64 * scale], atol=0.1)


def test_boxes_beyond_the_border_are_cut_off_there():
    (triplet,) = triplets(Detect(LOSSLESS, {}), opened({"class": "dog", "boxes": [[-30, 10, 100, 400]]}), 1)
    assert triplet.answer.outlines == ((0, 7, 47, 121),)


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        ({"class": "dog", "boxes": [[10, 10, 80, 80], [200, 10, 9, 40]]}, Reason.REGION_TOO_SMALL),
        ({"class": "dog", "boxes": [[300, 10, 40, 40]]}, Reason.REGION_TOO_SMALL),
        ({"class": "dog", "boxes": [[10, 10, 80, 80], [90, 10, 80, 80]]}, Reason.AMBIGUOUS),
        ({"class": "dog", "boxes": [[14 * n, 10, 13, 40] for n in range(13)]}, Reason.AMBIGUOUS),
        ({"phrase": "dog"}, Reason.INVALID_RECORD),
    ],
)
def test_boxes_that_nobody_could_read_are_refused(annotation, reason):
    with pytest.raises(Refusal) as caught:
        triplets(Detect(TOOLS, {}), opened(annotation), 1)
    assert caught.value.reason is reason


def depth_png(metres, units=1000):
    return cv2.imencode(".png", np.rint(metres * units).astype(np.uint16))[1].tobytes()


def test_depth_is_what_was_measured_and_the_sentence_says_which_end_is_which():
    x = np.mgrid[:192, :256][1].astype(np.float32)
    metres = 1 + x / 64
    metres[50:60, 100:110] = 0  # not measured
    task = DepthEstimation(TOOLS, {"farthest": 5.0, "near": "either"})
    made = triplets(task, opened({"units_per_metre": 1000}, depth=depth_png(metres)))
    assert {triplet.answer.near for triplet in made} == {"black", "white"}
    expected = cv2.resize(metres, (171, 128), interpolation=cv2.INTER_NEAREST_EXACT)
    for triplet in made:
        scale = triplet.answer.scale
        void = from_rle(triplet.answer.void)
        np.testing.assert_array_equal(void, expected == 0)
        errors = np.abs(depth.read(pixels(triplet.target), scale) - expected)[~void] / 5
        assert np.mean(errors <= 0.01) > 0.99
        assert np.abs(depth.read(pixels(triplet.target), scale)[void] - 2.64).max() < 0.2  # like what is beside it
        nearer, farther = ("darker", "lighter") if scale.near == "black" else ("lighter", "darker")
        told = (scale.near, scale.far, f"{nearer} in front", f"the {nearer}", f"{nearer} gray", f"{farther} where")
        assert all(any(word in sentence for word in told) for sentence in triplet.alternatives)
        assert any("5 metres" in sentence for sentence in triplet.alternatives)


def test_what_the_sensor_could_not_reach_was_not_measured():
    metres = np.full((192, 256), 2, np.float32)
    metres[:, 200:] = 10  # a Kinect's way to say that nothing came back
    record = opened({"units_per_metre": 1000}, depth=depth_png(metres))
    (triplet,) = triplets(DepthEstimation(TOOLS, {}), record, 1)
    assert from_rle(triplet.answer.void)[:, 135:].all()
    assert triplet.answer.measured == (2.0, 2.0)
    again = opened({"units_per_metre": 1000}, depth=depth_png(metres))
    (triplet,) = triplets(DepthEstimation(TOOLS, {"limit": 80, "farthest": 80}), again, 1)
    assert triplet.answer.measured == (2.0, 10.0)


def test_a_depth_map_with_little_in_it_is_refused():
    metres = np.zeros((192, 256), np.float32)
    metres[:20] = 2
    with pytest.raises(Refusal) as caught:
        triplets(DepthEstimation(TOOLS, {}), opened({"units_per_metre": 1000}, depth=depth_png(metres)), 1)
    assert caught.value.reason is Reason.REGION_EMPTY
    with pytest.raises(UsageError, match=r"task_options.depth.*nearest"):
        DepthEstimation(TOOLS, {"nearest": 11})


NAMES = {1: "Abyssinian cat", 2: "beagle", 3: "pug"}


def test_the_colour_says_whether_the_class_is_there():
    record = opened({"class": "beagle", "class_id": 2}, classes=classes_document(NAMES))
    made = triplets(Classify(TOOLS, {}), record, 60)
    assert {triplet.answer.asked.spoken for triplet in made} == set(NAMES.values())
    assert 15 < sum(triplet.answer.present for triplet in made) < 45
    for triplet in made:
        answer = triplet.answer
        assert answer.present == (answer.asked.spoken == "beagle")
        assert colour.read(pixels(triplet.target)) == (answer.yes if answer.present else answer.no, 1.0)
        assert set(answer.yes.split()).isdisjoint(answer.no.split())
        assert all(name in sentence for name in (answer.yes, answer.no) for sentence in triplet.alternatives)
        article = "an" if answer.asked.spoken[0] == "A" else "a"
        assert f" {article} {answer.asked.spoken}" in triplet.instruction


def test_simple_indicators_have_fixed_colours():
    record = opened({"class": "beagle", "class_id": 2}, classes=classes_document(NAMES))
    (triplet,) = triplets(Classify(TOOLS, {"instructions": "simple", "negatives": 0}), record, 1)
    assert (triplet.instruction, triplet.answer.colour) == ("image classification: beagle", "white")


def test_fixed_prompts_are_one_sentence_and_one_colour_where_none_is_named():
    dogs = opened({"class": "dog", "boxes": BOXES})
    for triplet in triplets(Detect(TOOLS, {"instructions": "fixed"}), dogs, 5):
        assert triplet.alternatives == (triplet.instruction,) == ("detect all the dogs",)
        assert triplet.answer.colour == "blue"
    beagle = opened({"class": "beagle", "class_id": 2}, classes=classes_document(NAMES))
    for triplet in triplets(Classify(TOOLS, {"instructions": "fixed", "negatives": 0}), beagle, 5):
        yes, no = triplet.answer.yes, triplet.answer.no
        assert triplet.alternatives == (f"show {yes} if the picture contains a beagle, otherwise show {no}",)


def test_a_sentence_that_names_no_shade_needs_one_shade():
    with pytest.raises(UsageError, match="near: either"):
        DepthEstimation(TOOLS, {"near": "either", "instructions": "fixed"})


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


@pytest.mark.parametrize("task", [Detect, DepthEstimation, Classify, SegmentMask])
def test_wrong_options_name_task_and_key(task):
    with pytest.raises(UsageError, match=f"task_options.{task.name}.colour"):
        task(TOOLS, {"colour": "red"})


def test_templates_of_a_recipe_take_the_place_of_the_hand_written_ones():
    tools = Tools(SIDE, encode_png, wordings={"detect": tuple(f"no. {n}: {{what}} in {{color}}" for n in range(100))})
    made = triplets(Detect(tools, {}), opened({"class": "dog", "boxes": BOXES}))
    assert all(triplet.instruction.startswith("no. ") for triplet in made)
    assert {len(triplet.alternatives) for triplet in made} == {24}
    assert len({triplet.instruction for triplet in made}) > 10
    assert PALETTE[made[0].answer.colour]
