"""Masks read back from encoded pictures: any palette colour, on pictures that make it hard."""

import numpy as np
import pytest
from skimage import data

from ieiw.triplets.drawings.contrast import visible_on
from ieiw.triplets.drawings.drawing import shade_region
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.drawings.readback_mask import read_colour, read_mask
from ieiw.triplets.images.codec import decode, encode_jpeg, resize_short

PHOTOS = {
    name: resize_short(np.ascontiguousarray(getattr(data, name)()), 256) for name in ("astronaut", "coffee", "chelsea")
}


def blob(shape, seed, size=70):
    """A region with a wavy rim."""
    dice = np.random.default_rng(seed)
    centre = dice.uniform(size, np.array(shape[:2]) - size)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    angle = np.arctan2(rows - centre[0], columns - centre[1])
    radius = size * (0.6 + 0.2 * np.sin(angle * dice.integers(2, 9)) + 0.1 * np.cos(angle * dice.integers(5, 20)))
    return np.hypot(rows - centre[0], columns - centre[1]) < radius


def through_jpeg(image):
    return decode(encode_jpeg(image, 95).data).pixels


def iou(one, other):
    return (one & other).sum() / (one | other).sum()


@pytest.mark.parametrize("photo", PHOTOS)
def test_chosen_colours_come_back_from_jpegs(photo):
    image, found = PHOTOS[photo], []
    for seed in range(25):
        mask = blob(image.shape, seed)
        name = visible_on(image, mask, np.random.default_rng(seed), alpha=0.5)
        target = through_jpeg(shade_region(image, mask, PALETTE[name]))
        read, seen = read_colour(through_jpeg(image), target, PALETTE)
        assert read == name
        found.append(iou(seen, mask))
    assert np.median(found) >= 0.995
    assert min(found) >= 0.95


def test_nothing_painted_is_no_colour_even_after_another_coding():
    image = PHOTOS["coffee"]
    name, mask = read_colour(through_jpeg(image), through_jpeg(through_jpeg(image)), PALETTE)
    assert name == ""
    assert not mask.any()


@pytest.mark.parametrize("alpha", [0.3, 0.5, 0.8, 1.0])
def test_lossless_pictures_give_the_mask_exactly(alpha):
    image = np.random.default_rng(0).integers(40, 200, (80, 90, 3), np.uint8)
    mask = blob(image.shape, 3, 30)
    np.testing.assert_array_equal(
        read_mask(image, shade_region(image, mask, (255, 0, 255), alpha), (255, 0, 255), alpha), mask
    )


def test_where_the_colour_lay_beneath_the_neighbours_decide():
    image = np.full((60, 60, 3), 90, np.uint8)
    image[20:23, 20:23] = PALETTE["red"]
    mask = np.zeros((60, 60), bool)
    mask[10:40, 10:40] = True
    read = read_mask(image, shade_region(image, mask, PALETTE["red"]), PALETTE["red"])
    assert iou(read, mask) > 0.99


def test_wrong_sizes_and_alphas_are_errors():
    image = np.zeros((4, 4, 3), np.uint8)
    with pytest.raises(ValueError, match="pictures of"):
        read_mask(image, image[:3], (1, 2, 3))
    with pytest.raises(ValueError, match="alpha"):
        read_mask(image, image, (1, 2, 3), 0)
