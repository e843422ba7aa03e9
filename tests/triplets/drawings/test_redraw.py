"""Redrawing: the same points and regions in other colours, and a sentence that says so."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.triplets.drawings.drawing import draw_points, outline_box, shade_region
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.drawings.redraw import redraw
from ieiw.triplets.images.masks import to_rle

SOURCE = np.full((60, 80, 3), 90, np.uint8)
MASK = np.zeros((60, 80), np.bool_)
MASK[10:40, 20:50] = True


def point(colour, x, y, drawn=True):
    return {"colour": colour, "rgb": list(PALETTE[colour]), "x": x, "y": y, "drawn": drawn}


def points(*each):
    return {"points": list(each), "radius": 4.0}


def region(colour="red", present=True):
    return {"mask": to_rle(MASK), "color": colour, "rgb": list(PALETTE[colour]), "alpha": 0.5, "present": present}


@given(st.integers(0, 2**32), st.permutations(sorted(PALETTE)))
@settings(max_examples=60, deadline=None)
def test_points_and_sentence_change_together(seed, order):
    first, second = order[:2]
    answer = points(point(first, 20.5, 20.5), point(second, 60.5, 40.5))
    sentence = f"Circle the nose in {first} and the left eye in {second}."
    target, said = redraw(SOURCE, sentence, answer, np.random.default_rng(seed))
    named = {name: rgb for name, rgb in PALETTE.items() if tuple(target[20, 20]) == rgb or tuple(target[40, 60]) == rgb}
    nose, eye = tuple(map(int, target[20, 20])), tuple(map(int, target[40, 60]))
    names = {rgb: name for name, rgb in named.items()}
    assert said == f"Circle the nose in {names[nose]} and the left eye in {names[eye]}."
    assert nose != eye
    assert np.array_equal(target, draw_points(SOURCE, [(20.5, 20.5), (60.5, 40.5)], 4.0, [nose, eye]))


def test_a_region_is_shaded_as_its_task_shades_it():
    target, said = redraw(SOURCE, "Paint the dog red, please.", region(), np.random.default_rng(5))
    name = said.removeprefix("Paint the dog ").removesuffix(", please.")
    assert np.array_equal(target, shade_region(SOURCE, MASK, PALETTE[name], 0.5))


def test_boxes_are_outlined_as_their_task_outlines_them():
    answer = {"outlines": [[10, 5, 30, 20], [50, 30, 20, 20]], "line": 2, "color": "red", "rgb": [255, 0, 0]}
    target, said = redraw(SOURCE, "Outline every dog in red.", answer, np.random.default_rng(1))
    name = said.removeprefix("Outline every dog in ").removesuffix(".")
    wanted = SOURCE
    for box in answer["outlines"]:
        wanted = outline_box(wanted, box, PALETTE[name], 2)
    assert np.array_equal(target, wanted)


def test_colours_really_change():
    drawn = {redraw(SOURCE, "mark it red", region(), np.random.default_rng(seed))[1] for seed in range(40)}
    assert len(drawn) > 5


def test_the_same_draw_gives_the_same():
    one, other = (redraw(SOURCE, "mark it red", region(), np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one[0], other[0]) and one[1] == other[1]


def test_an_unlabelled_joint_is_named_and_not_drawn():
    answer = points(point("red", 20.5, 20.5), point("blue", -1.0, -1.0, drawn=False))
    target, said = redraw(SOURCE, "nose red, left ear blue", answer, np.random.default_rng(0))
    changed = (target != SOURCE).any(axis=2)
    assert changed[20, 20] and not changed[30:, 40:].any()
    assert len(said.split()) >= 5


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("segmentation: dog", region()),
        ("the man in red: paint him red", region()),
        ("paint the blue car red", region()),
        ("paint it red", region(present=False)),
        ("remove the dog", {"region": {}, "hole": {}}),
        ("paint it red", region() | {"rgb": [1, 2, 3]}),
        ("keypoint detection", points(point("red", 1.0, 1.0))),
    ],
)
def test_what_cannot_be_redrawn_is_left_alone(sentence, answer):
    assert redraw(SOURCE, sentence, answer, np.random.default_rng(0)) is None


def test_a_source_of_another_size_is_left_alone():
    assert redraw(SOURCE[:30], "paint it red", region(), np.random.default_rng(0)) is None
