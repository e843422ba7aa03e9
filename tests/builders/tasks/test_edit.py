"""Edits as published: words, pairs, masks, and pictures of two sizes."""

import json

import cv2
import numpy as np
import pytest
import skimage.data

from ieiw.builders import catalogue
from ieiw.builders.protocols import Tools
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode, encode_png
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.records import OpenRecord, Picture, Record
from ieiw.triplets.rejects import Reason, Refusal
from tests.support.pairs import drawn

_TOOLS = Tools(48, encode_png)


def _open(picture, target, annotation, **data):
    files = {"picture": "a", "target": "b"} | {role: f"{role}.json" for role in data}
    pictures = {role: Picture(image, image.shape[1::-1]) for role, image in (("picture", picture), ("target", target))}
    return OpenRecord("s", Record("1", "1", files, annotation, "train"), pictures, data)


def _one(record, seed=0):
    (triplet,) = catalogue.task("edit", _TOOLS, {}).triplets(record, np.random.default_rng(seed))
    return triplet


def test_the_published_words_are_drawn_as_they_are():
    words = ["Make it [red]!", " make  it\nblue &amp; green ", "make it blue & green."]
    record = _open(drawn(), drawn(seed=1), {"instructions": words})
    assert {_one(record, seed).instruction for seed in range(20)} == {"Make it [red]!", "make it blue & green"}


def test_the_prompt_may_be_a_document():
    record = _open(drawn(), drawn(seed=1), {}, prompt=json.dumps({"edit": "make it snow"}).encode())
    assert _one(record).alternatives == ("make it snow",)


@pytest.mark.parametrize(
    ("annotation", "data", "reason"),
    [
        ({}, {"prompt": b"{}"}, Reason.INVALID_RECORD),
        ({}, {"prompt": b"{"}, Reason.INVALID_RECORD),
        ({}, {"prompt": b'{"edit": "  "}'}, Reason.EMPTY_PHRASE),
        ({"instructions": ["…", float("nan")]}, {}, Reason.EMPTY_PHRASE),
    ],
)
def test_no_words_no_triplet(annotation, data, reason):
    with pytest.raises(Refusal) as caught:
        _one(_open(drawn(), drawn(seed=1), annotation, **data))
    assert caught.value.reason is reason


def test_two_directions_of_a_pair_swap_their_bytes_and_share_their_pair():
    annotation = {"instructions": ["x y"], "pair": "7"}
    there, back = _one(_open(drawn(), drawn(seed=1), annotation)), _one(_open(drawn(seed=1), drawn(), annotation))
    assert (there.source.data, there.target.data) == (back.target.data, back.source.data)
    assert there.pair == back.pair != _one(_open(drawn(), drawn(seed=1), {"instructions": ["x y"]})).pair


def test_masks_are_joined_at_output_size():
    first = np.dstack([drawn(), np.full((64, 96), 255, np.uint8)])
    first[10:30, 20:40, 3] = 0
    half = np.zeros((32, 48), np.uint8)  # at half the picture's resolution, as some of MagicBrush's are
    half[20:30, 30:45] = 255
    data = {"mask1": cv2.imencode(".png", first)[1].tobytes(), "mask2": cv2.imencode(".png", half)[1].tobytes()}
    annotation = {"instructions": ["x y"], "masks": {"mask1": "clear", "mask2": "bright"}}
    triplet = _one(_open(drawn(), drawn(seed=1), annotation, **data))
    wanted = np.zeros((64, 96), np.uint8)
    wanted[10:30, 20:40] = wanted[40:60, 60:90] = 255
    wanted = cv2.resize(wanted, (72, 48), interpolation=cv2.INTER_AREA) >= 128
    assert np.array_equal(from_rle(triplet.answer.region), wanted)
    assert triplet.region_share == pytest.approx(wanted.mean())


def test_without_masks_the_share_is_what_changed():
    target = drawn(96, 48).copy()
    target[:24] = 255 - target[:24]
    assert _one(_open(drawn(96, 48), target, {"instructions": ["x y"]})).region_share == pytest.approx(0.5, abs=0.05)


def test_pictures_of_two_sizes_are_refused_unless_they_may_be_aligned():
    picture = skimage.data.astronaut()
    target = cv2.resize(picture, (300, 290), interpolation=cv2.INTER_AREA)[:, :280].copy()
    target[200:230, 40:80] = (200, 30, 30)
    annotation = {"instructions": ["x y"]}
    with pytest.raises(Refusal) as caught:
        _one(_open(picture, target, annotation))
    assert caught.value.reason is Reason.PICTURE_SIZE_MISMATCH
    triplet = _one(_open(picture, target, annotation | {"register": True}))
    assert triplet.answer.registered is True
    assert (triplet.source.width, triplet.source.height) == (triplet.target.width, triplet.target.height)
    difference = np.abs(decode(triplet.source.data).pixels.astype(int) - decode(triplet.target.data).pixels)
    assert difference.mean() < 6


def test_once_aligned_a_pair_shows_no_cut_or_turn():
    picture = skimage.data.astronaut()
    target = cv2.resize(picture, (300, 290), interpolation=cv2.INTER_AREA)[:, :280].copy()
    target[200:230, 40:80] = (200, 30, 30)
    words = ["paint a red square", "crop it and paint a red square"]
    record = _open(picture, target, {"instructions": words, "register": True})
    assert _one(record).alternatives == ("paint a red square",)
    with pytest.raises(Refusal, match="'crop it and") as caught:
        _one(_open(picture, target, {"instructions": words[1:], "register": True}))
    assert caught.value.reason is Reason.PHRASE_CONTRADICTED
    same_size = _open(drawn(), drawn(seed=1), {"instructions": words, "register": True})
    assert set(_one(same_size).alternatives) == set(words)


def test_a_change_that_nobody_sees_is_refused_and_a_small_clear_one_is_not():
    faint, spot = drawn(96, 96), drawn(96, 96)
    faint[::2] ^= 1
    spot[20:26, 30:36] = 255 - spot[20:26, 30:36]
    with pytest.raises(Refusal, match="look alike: they differ by") as caught:
        _one(_open(drawn(96, 96), faint, {"instructions": ["x y"]}))
    assert caught.value.reason is Reason.NOTHING_CHANGED
    assert _one(_open(drawn(96, 96), spot, {"instructions": ["x y"]})).region_share < 0.02


def test_what_did_not_change_is_refused():
    with pytest.raises(Refusal) as caught:
        _one(_open(drawn(), drawn(), {"instructions": ["x y"]}))
    assert caught.value.reason is Reason.NOTHING_CHANGED


def test_unknown_options_are_named():
    with pytest.raises(UsageError, match=r"task_options\.edit\.view: unknown key"):
        catalogue.task("edit", _TOOLS, {"view": "native"})
