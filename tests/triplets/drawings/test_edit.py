"""An edit's region is absent where nobody marked it, and its data set's fields stand apart."""

import json

import msgspec

from ieiw.triplets.drawings.edit import Answer
from ieiw.triplets.images.masks import Rle


def test_a_region_that_nobody_marked_is_absent():
    plain = {"drawing": "edit", "registered": False, "box": [], "published": {"turns": [1, 2]}}
    answer = Answer(registered=False, box=(), published={"turns": [1, 2]})
    assert json.loads(msgspec.json.encode(answer)) == plain
    marked = Answer(registered=False, region=Rle((2, 3), "06"), box=(), published={"turns": [1, 2]})
    assert json.loads(msgspec.json.encode(marked)) == plain | {"region": {"size": [2, 3], "counts": "06"}}
