"""Depth comes back from shades of grey."""

import numpy as np
import pytest

from ieiw.triplets.drawings.depth import Answer, DepthScale, draw, read
from ieiw.triplets.images.masks import to_rle
from tests.support.drawn import through_jpeg


@pytest.mark.parametrize("near", ["black", "white"])
def test_depth_comes_back_within_a_step_and_from_jpeg_within_a_hundredth_of_the_range(near):
    scale = DepthScale(0.5, 8.0, near)
    y, x = np.mgrid[:120, :160].astype(np.float32)
    depth = np.where((x - 80) ** 2 + (y - 60) ** 2 < 900, 1.5, 2 + x / 40 + y / 60).astype(np.float32)
    assert np.abs(read(draw(depth, scale), scale) - depth).max() <= scale.step / 2 + 1e-4
    errors = np.abs(read(through_jpeg(draw(depth, scale)), scale) - depth) / 7.5
    assert np.median(errors) < 0.003
    assert np.mean(errors <= 0.01) >= 0.97


def test_near_has_its_shade_and_distances_beyond_the_range_are_its_ends():
    drawn = draw(np.array([[0.0, 20.0]], np.float32), DepthScale(1, 10, "white"))
    assert drawn[0, :, 0].tolist() == [255, 0]
    with pytest.raises(ValueError, match="nearest < farthest"):
        DepthScale(5, 5)


def test_an_answer_knows_its_scale():
    void = to_rle(np.zeros((2, 2), np.bool_))
    answer = Answer(nearest=0.5, farthest=8.0, near="white", void=void, measured=(1.0, 2.0))
    assert (answer.scale, answer.encoding) == (DepthScale(0.5, 8.0, "white"), "linear")
