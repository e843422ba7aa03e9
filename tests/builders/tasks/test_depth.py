"""Depth: what was measured is drawn, where nothing was is told, and the sentence says which end is which."""

import cv2
import numpy as np
import pytest

from ieiw.builders.tasks.depth import DepthEstimation
from ieiw.triplets.drawings import depth
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.rejects import Reason, Refusal
from tests.support.opened import TOOLS, opened, pixels, triplets


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
        told = (
            scale.near,
            scale.far,
            f"{nearer} in front",
            f"the {nearer}",
            f"{nearer} gray",
            f"{farther} where",
            f"{farther} for",
            f"{nearer} for",
        )
        assert all(any(word in sentence for word in told) for sentence in triplet.alternatives)
        assert any("5 metres" in sentence for sentence in triplet.alternatives)


def test_shades_are_said_of_distances_not_of_what_happens_to_be_closest():
    for options, start, end in (
        ({}, "the camera", "10 metres"),
        ({"nearest": 0.5, "farthest": 1}, "0.5 metres", "1 metre"),
    ):
        record = opened({"units_per_metre": 1000}, depth=depth_png(np.full((192, 256), 3, np.float32)))
        (triplet,) = triplets(DepthEstimation(TOOLS, options), record, 1)
        for sentence in triplet.alternatives:
            assert "closest" not in sentence and "{" not in sentence
            assert ("black" in sentence) <= (f"black at {start}" in sentence or f"black stands for {start}" in sentence)
            assert ("white" in sentence) <= (f" {end}" in sentence) and "1 metres" not in sentence


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


@pytest.mark.parametrize(("drawn", "told"), [(5000, 1000), (1000, 5000), (25.5, 1000), (1000, 1)])
def test_depth_in_other_units_than_the_options_say_points_at_them(drawn, told):
    metres = np.tile(np.linspace(0.8, 3.2 if told > drawn else 9, 256, dtype=np.float32), (192, 1))
    if told / drawn == 5:
        metres = metres / 2  # a room of five metres in millimetres could as well be one of one metre
    with pytest.raises(Refusal) as caught:
        triplets(DepthEstimation(TOOLS, {}), opened({"units_per_metre": told}, depth=depth_png(metres, drawn)), 1)
    assert caught.value.reason is Reason.INVALID_RECORD
    assert f"are {told} units a metre, as `options.units_per_metre` says?" in caught.value.detail


def test_a_sentence_that_names_no_shade_needs_one_shade():
    with pytest.raises(UsageError, match="near: either"):
        DepthEstimation(TOOLS, {"near": "either", "instructions": "fixed"})
