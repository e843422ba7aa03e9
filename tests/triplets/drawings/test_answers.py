"""Answers on disk: what is written comes back, and what no struct declares is refused."""

import json
import re
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.triplets.drawings import (
    boxes,
    colour,
    depth,
    edit,
    erasure,
    points,
    region,
    replacement,
    restoration,
    white_mask,
)
from ieiw.triplets.drawings.answers import AnyAnswer, decode_answer, masks_of
from ieiw.triplets.drawings.asked import AskedClass, AskedExpression
from ieiw.triplets.images.masks import Rle
from ieiw.triplets.layout.shards import _json
from tests.support.builds import ROOT

_TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
_REAL = st.floats(-1e6, 1e6)
_SIDE = st.integers(0, 1000)
_RGB = st.tuples(*[st.integers(0, 255)] * 3)
_BOX = st.just(()) | st.tuples(*[_SIDE] * 4)
_RLE = st.builds(Rle, size=st.tuples(_SIDE, _SIDE), counts=_TEXT)
_CLASS = st.builds(AskedClass, what=_TEXT, spoken=_TEXT, class_name=_TEXT, class_id=st.integers(-1, 200))
_EXPRESSION = st.builds(AskedExpression, what=_TEXT, expressions=st.lists(_TEXT).map(tuple), targets=_SIDE)
_POINT = st.builds(
    points.Point, joint=_TEXT, words=_TEXT, colour=_TEXT, rgb=_RGB, drawn=st.booleans(), x=_REAL, y=_REAL,
    visibility=st.integers(0, 2),
)  # fmt: skip
_PUBLISHED = st.dictionaries(_TEXT, _TEXT | _SIDE | st.lists(_TEXT) | st.lists(_SIDE), max_size=3)
ANSWERS = [
    st.builds(
        points.Answer, points=st.lists(_POINT, max_size=3).map(tuple), radius=_REAL, layout=_TEXT,
        joints=st.lists(st.tuples(_REAL, _REAL, st.integers(0, 2)), max_size=3).map(tuple),
        box=st.tuples(*[_REAL] * 4), view=st.sampled_from(["person", "whole"]), who=_TEXT,
    ),
    st.builds(
        region.Answer, asked=_CLASS | _EXPRESSION, present=st.booleans(), colour=_TEXT, rgb=_RGB, alpha=_REAL,
        mask=_RLE, void=_RLE, box=_BOX,
    ),
    st.builds(white_mask.Answer, asked=_CLASS, present=st.booleans(), mask=_RLE, void=_RLE, box=_BOX),
    st.builds(
        boxes.Answer, asked=_CLASS, boxes=st.lists(st.tuples(*[_REAL] * 4), max_size=3).map(tuple),
        outlines=st.lists(st.tuples(*[_SIDE] * 4), max_size=3).map(tuple), colour=_TEXT, rgb=_RGB, line=_SIDE,
    ),
    st.builds(
        depth.Answer, nearest=_REAL, farthest=_REAL, near=st.sampled_from(["black", "white"]), void=_RLE,
        measured=st.tuples(_REAL, _REAL),
    ),
    st.builds(
        colour.Answer, asked=_CLASS, true_class=_TEXT, present=st.booleans(), colour=_TEXT, rgb=_RGB, yes=_TEXT, no=_TEXT
    ),
    st.builds(replacement.Answer, replaced=_TEXT, phrase=_TEXT, region=_RLE, hole=_RLE, box=_BOX),
    st.builds(erasure.Answer, phrase=_TEXT, region=_RLE, hole=_RLE, box=_BOX, instances=_SIDE),
    st.builds(edit.Answer, registered=st.booleans(), region=st.none() | _RLE, box=_BOX, published=_PUBLISHED),
    st.builds(
        restoration.Answer, view=st.sampled_from(["native", "scaled"]), crop=st.tuples(*[_SIDE] * 4),
        region=st.none() | _RLE, box=_BOX,
    ),
]  # fmt: skip


def test_every_drawing_is_in_this_test():
    assert len(ANSWERS) == len(get_args(AnyAnswer))


@given(st.one_of(*ANSWERS))
def test_what_is_written_comes_back_in_sorted_json_without_nulls(answer):
    text = _json(answer)
    assert decode_answer(text) == decode_answer(text.decode("utf-8")) == answer
    values = json.loads(text)
    assert list(values) == sorted(values)
    assert all(value is not None for value in values.values())
    assert values["drawing"] == type(answer).__struct_config__.tag


@given(st.one_of(*ANSWERS), st.data())
def test_fields_that_are_unknown_missing_or_of_another_type_are_refused(answer, data):
    values = msgspec.to_builtins(answer)
    name = data.draw(st.sampled_from(sorted(values.keys() - {"region", "encoding"})))
    lost = {key: value for key, value in values.items() if key != name}
    for wrong in (values | {"color": "red"}, lost, values | {name: None}):
        with pytest.raises(msgspec.ValidationError):
            decode_answer(json.dumps(wrong))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"drawing": "sketch"}', '{"phrase": "dog", "region": {}, "hole": {}}']
)
def test_what_is_no_answer_is_refused(text):
    with pytest.raises(msgspec.DecodeError):
        decode_answer(text)


def test_only_answers_with_colours_of_their_own_are_drawn_again():
    answer = edit.Answer(registered=False, box=(), published={})
    assert answer.redraw(None, "make it red", None) is None


def test_what_is_outlined_and_where_pixels_may_differ_is_known_of_every_drawing():
    one, other = Rle(size=(2, 3), counts="06"), Rle(size=(2, 3), counts="6")
    both = {"region": one, "hole": other}
    assert masks_of(erasure.Answer(phrase="a", box=(), instances=1, **both)) == both
    assert masks_of(replacement.Answer(replaced="a", phrase="b", box=(), **both)) == both
    assert masks_of(edit.Answer(registered=False, box=(), published={}, region=one)) == {"region": one}
    assert masks_of(edit.Answer(registered=False, box=(), published={})) == masks_of(None) == {}


def test_the_page_lists_every_field_of_every_answer():
    page = (ROOT / "docs" / "answers.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([a-z-]+)` \| [a-z, -]+ \| (.+) \|$", page, re.MULTILINE))
    listed.pop("drawing")  # the head
    declared = {kind.__struct_config__.tag: set(fields(kind)) for kind in get_args(AnyAnswer)}
    assert {drawing: set(re.findall(r"`([a-z_]+)`", cell)) for drawing, cell in listed.items()} == declared
    for kind in (points.Point, AskedClass, AskedExpression):
        assert [name for name in fields(kind) if not re.search(rf"[`\"]{name}[`\"]", page)] == []


def fields(kind):
    return kind.__struct_encode_fields__
