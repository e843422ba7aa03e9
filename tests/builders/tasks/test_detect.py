"""Detection: all boxes of a class are outlined, and outlines that hide each other are refused."""

import msgspec
import numpy as np
import pytest

from ieiw.builders.protocols import Tools
from ieiw.builders.tasks.detect import Detect
from ieiw.triplets.drawings import boxes
from ieiw.triplets.drawings.answers import decode_answer
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.images.codec import encode_png
from ieiw.triplets.rejects import Reason, Refusal
from tests.support.opened import LOSSLESS, SIDE, TOOLS, opened, pixels, triplets

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


def test_one_thing_is_spoken_of_as_one():
    record = opened({"class": "dog", "boxes": BOXES[:1]})
    for triplet in triplets(Detect(TOOLS, {}), record, 5):
        article = "an" if triplet.answer.colour == "orange" else "a"
        assert all(f"{article} {triplet.answer.colour} box" in sentence for sentence in triplet.alternatives)
        assert all("the dog" in sentence and "dogs" not in sentence for sentence in triplet.alternatives)


def test_several_of_what_a_picture_mostly_has_one_of_are_several():
    record = opened({"class": "oven", "boxes": BOXES[:2]})
    assert "all the ovens" in next(iter(triplets(Detect(TOOLS, {}), record, 1))).instruction


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


def test_fixed_prompts_are_one_sentence_and_one_colour_where_none_is_named():
    dogs = opened({"class": "dog", "boxes": BOXES})
    for triplet in triplets(Detect(TOOLS, {"instructions": "fixed"}), dogs, 5):
        assert triplet.alternatives == (triplet.instruction,) == ("detect all the dogs",)
        assert triplet.answer.colour == "blue"


def test_templates_of_a_recipe_take_the_place_of_the_hand_written_ones():
    tools = Tools(SIDE, encode_png, wordings={"detect": tuple(f"no. {n}: {{what}} in {{color}}" for n in range(100))})
    made = triplets(Detect(tools, {}), opened({"class": "dog", "boxes": BOXES}))
    assert all(triplet.instruction.startswith("no. ") for triplet in made)
    assert {len(triplet.alternatives) for triplet in made} == {24}
    assert len({triplet.instruction for triplet in made}) > 10
    assert PALETTE[made[0].answer.colour]
