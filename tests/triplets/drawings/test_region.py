"""Regions let the picture through, end at their border, and are read back from encoded pictures: any palette colour."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data

from ieiw.triplets.drawings.asked import AskedClass
from ieiw.triplets.drawings.contrast import visible_on
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.drawings.region import Answer, draw, read, read_colour
from ieiw.triplets.images.codec import resize_short
from ieiw.triplets.images.masks import box_of, to_rle
from tests.support.drawn import HEIGHT, WIDTH, changed, noise, through_jpeg

PHOTOS = {
    name: resize_short(np.ascontiguousarray(getattr(data, name)()), 256) for name in ("astronaut", "coffee", "chelsea")
}
SOURCE = np.full((60, 80, 3), 90, np.uint8)
MASK = np.zeros((60, 80), np.bool_)
MASK[10:40, 20:50] = True
_COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


@given(seed=st.integers(0, 50), colour=_COLOURS, alpha=st.floats(0, 1))
def test_a_region_lets_the_picture_through_and_ends_at_its_border(seed, colour, alpha):
    mask = np.random.default_rng(seed).random((HEIGHT, WIDTH)) < 0.3
    after = draw(noise(), mask, colour, alpha)
    assert not changed(noise(), after)[~mask].any()
    expected = (1 - alpha) * noise()[mask].astype(float) + alpha * np.array(colour)
    assert np.abs(after[mask] - expected).max(initial=0) <= 0.51


def test_alpha_of_one_is_opaque_and_of_zero_nothing():
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[5:9] = True
    assert (draw(noise(), mask, (1, 2, 3), 1)[mask] == (1, 2, 3)).all()
    assert np.array_equal(draw(noise(), mask, (1, 2, 3), 0), noise())
    for wrong in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match="alpha"):
            draw(noise(), mask, (1, 2, 3), wrong)
    with pytest.raises(ValueError, match="a mask of"):
        draw(noise(), mask[:-1], (1, 2, 3))


def blob(shape, seed, size=70):
    """A region with a wavy rim."""
    dice = np.random.default_rng(seed)
    centre = dice.uniform(size, np.array(shape[:2]) - size)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    angle = np.arctan2(rows - centre[0], columns - centre[1])
    radius = size * (0.6 + 0.2 * np.sin(angle * dice.integers(2, 9)) + 0.1 * np.cos(angle * dice.integers(5, 20)))
    return np.hypot(rows - centre[0], columns - centre[1]) < radius


def iou(one, other):
    return (one & other).sum() / (one | other).sum()


@pytest.mark.parametrize("photo", PHOTOS)
def test_chosen_colours_come_back_from_jpegs(photo):
    image, found = PHOTOS[photo], []
    for seed in range(25):
        mask = blob(image.shape, seed)
        name = visible_on(image, mask, np.random.default_rng(seed), alpha=0.5)
        target = through_jpeg(draw(image, mask, PALETTE[name]))
        name_read, seen = read_colour(through_jpeg(image), target, PALETTE)
        assert name_read == name
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
    np.testing.assert_array_equal(read(image, draw(image, mask, (255, 0, 255), alpha), (255, 0, 255), alpha), mask)


def test_where_the_colour_lay_beneath_the_neighbours_decide():
    image = np.full((60, 60, 3), 90, np.uint8)
    image[20:23, 20:23] = PALETTE["red"]
    mask = np.zeros((60, 60), bool)
    mask[10:40, 10:40] = True
    found = read(image, draw(image, mask, PALETTE["red"]), PALETTE["red"])
    assert iou(found, mask) > 0.99


def test_wrong_sizes_and_alphas_are_errors():
    image = np.zeros((4, 4, 3), np.uint8)
    with pytest.raises(ValueError, match="pictures of"):
        read(image, image[:3], (1, 2, 3))
    with pytest.raises(ValueError, match="alpha"):
        read(image, image, (1, 2, 3), 0)


def answer(colour="red", present=True, **changes):
    values = {
        "asked": AskedClass(what="the dog", spoken="dog", class_name="dog"),
        "present": present,
        "colour": colour,
        "rgb": PALETTE[colour],
        "alpha": 0.5,
        "mask": to_rle(MASK),
        "void": to_rle(~MASK),
        "box": box_of(MASK),
    }
    return Answer(**(values | changes))


def test_a_region_is_shaded_as_its_task_shades_it():
    target, said = answer().redraw(SOURCE, "Paint the dog red, please.", np.random.default_rng(5))
    name = said.removeprefix("Paint the dog ").removesuffix(", please.")
    assert np.array_equal(target, draw(SOURCE, MASK, PALETTE[name], 0.5))


def test_colours_really_change():
    drawn = {answer().redraw(SOURCE, "mark it red", np.random.default_rng(seed))[1] for seed in range(40)}
    assert len(drawn) > 5


def test_the_same_draw_gives_the_same():
    one, other = (answer().redraw(SOURCE, "mark it red", np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one[0], other[0]) and one[1] == other[1]


@pytest.mark.parametrize(
    ("sentence", "changes"),
    [
        ("segmentation: dog", {}),
        ("the man in red: paint him red", {}),
        ("paint the blue car red", {}),
        ("paint it red", {"present": False}),
        ("paint it red", {"rgb": (1, 2, 3)}),
    ],
)
def test_what_cannot_be_redrawn_is_left_alone(sentence, changes):
    assert answer(**changes).redraw(SOURCE, sentence, np.random.default_rng(0)) is None


def test_a_source_of_another_size_is_left_alone():
    assert answer().redraw(SOURCE[:30], "paint it red", np.random.default_rng(0)) is None
