"""What was asked tells its kind."""

import json

import msgspec
import pytest

from ieiw.triplets.drawings.asked import Asked, AskedClass, AskedExpression


@pytest.mark.parametrize(
    ("asked", "plain"),
    [
        (
            AskedClass(what="all the dogs", spoken="dog", class_name="dog"),
            {"kind": "class", "what": "all the dogs", "class": "dog", "class_name": "dog", "class_id": -1},
        ),
        (
            AskedExpression(what="dog on left", expressions=("dog on left",), targets=1),
            {"kind": "expression", "what": "dog on left", "expressions": ["dog on left"], "targets": 1},
        ),
    ],
)
def test_kinds_are_told_apart(asked, plain):
    assert json.loads(msgspec.json.encode(asked)) == plain
    assert msgspec.convert(plain, Asked) == asked
