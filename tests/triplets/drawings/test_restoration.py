"""A restoration's region is absent where the data set does not say where the damage is."""

import json

import msgspec

from ieiw.triplets.drawings.restoration import Answer
from ieiw.triplets.images.masks import Rle


def test_a_region_that_is_not_known_is_absent():
    plain = {"drawing": "restoration", "view": "native", "crop": [1, 2, 3, 4], "box": []}
    assert json.loads(msgspec.json.encode(Answer(view="native", crop=(1, 2, 3, 4), box=()))) == plain
    known = Answer(view="native", crop=(1, 2, 3, 4), region=Rle((4, 3), "0<"), box=(0, 0, 3, 4))
    assert json.loads(msgspec.json.encode(known))["region"] == {"size": [4, 3], "counts": "0<"}
