"""Keys of samples, and what the attempts of a record share."""

import re

import numpy as np
import pytest

from ieiw.triplets.records import Attempt, OpenRecord, Picture, Record
from ieiw.triplets.rejects import Reason, Refusal

RECORD = Record("7", "g", {"picture": "a.jpg"}, {}, "train")


def test_a_key_is_lower_case_without_dots_and_different_for_each_attempt():
    attempts = [
        Attempt(source, Record(id, "g", {}, {}, ""), task, variant)
        for source in ("coco", "coco-2")
        for id in ("1", "11")
        for task in ("removal", "addition")
        for variant in (0, 1)
    ]
    keys = [attempt.key for attempt in attempts]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"coco(-2)?-[a-z2-7]{20}", key) for key in keys)
    assert keys == [attempt.key for attempt in attempts]


def test_what_is_shared_is_made_once_a_record_or_once_a_picture():
    shared, made = {}, []
    first, second = (OpenRecord("coco", RECORD, {}, shared=shared) for _ in range(2))
    for record in (first, first, second):
        assert record.once("hole", lambda: made.append("record") or 1) == 1
        assert record.once_for_picture("size", lambda: made.append("picture") or 2) == 2
    assert sorted(made) == ["picture", "record", "record"]


def test_a_refusal_is_raised_for_every_attempt_and_found_out_once():
    record, tried = OpenRecord("coco", RECORD, {}), []

    def refuse():
        tried.append(1)
        raise Refusal(Reason.REGION_EMPTY, "no pixel")

    for _ in range(3):
        with pytest.raises(Refusal, match="region_empty: no pixel"):
            record.once("region", refuse)
    assert tried == [1]


def test_a_pictures_size_is_that_of_its_upright_pixels():
    assert Picture(np.zeros((3, 5, 3), np.uint8), (3, 5), orientation=6).size == (5, 3)
