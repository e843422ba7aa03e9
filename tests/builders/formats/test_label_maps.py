"""Label maps: the numbers come through exactly, or not at all."""

import io

import numpy as np
import pytest
import scipy.io
from PIL import Image as Pillow

from ieiw.builders.formats.label_maps import decode_labels, decode_matlab, fit_labels
from ieiw.triplets.images.codec import PictureLimits
from ieiw.triplets.records import Picture
from ieiw.triplets.rejects import Reason, Refusal

DICE = np.random.default_rng(0)


def png(picture, kind="PNG", **settings):
    file = io.BytesIO()
    picture.save(file, kind, **settings)
    return file.getvalue()


def test_grey_and_palette_maps_keep_their_numbers():
    numbers = DICE.integers(0, 256, (9, 7), np.uint8)
    coloured = Pillow.fromarray(numbers, "L").convert("P")
    coloured.putdata(numbers.ravel().tolist())
    coloured.putpalette(DICE.integers(0, 256, 768, np.uint8).tolist())
    for picture in (Pillow.fromarray(numbers), coloured):
        found = decode_labels(png(picture))
        assert found.dtype == np.uint8
        np.testing.assert_array_equal(found, numbers)
    np.testing.assert_array_equal(decode_labels(png(coloured, transparency=255)), numbers)


def test_sixteen_bits_keep_their_numbers():
    numbers = DICE.integers(0, 65536, (9, 7)).astype(np.uint16)
    found = decode_labels(png(Pillow.fromarray(numbers)))
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, numbers)


def test_one_bit_and_grey_saved_as_colours():
    bits = DICE.integers(0, 2, (9, 7)).astype(bool)
    np.testing.assert_array_equal(decode_labels(png(Pillow.fromarray(bits))), bits.astype(np.uint8))
    numbers = DICE.integers(0, 256, (9, 7), np.uint8)
    grey = Pillow.fromarray(np.repeat(numbers[..., None], 3, axis=2))
    np.testing.assert_array_equal(decode_labels(png(grey)), numbers)


def test_the_ade_coding_is_undone_for_every_class():
    classes = np.arange(3688).reshape(8, 461)
    colours = np.stack([classes // 256 * 10 + 7, classes % 256, DICE.integers(0, 256, classes.shape)], axis=2)
    np.testing.assert_array_equal(decode_labels(png(Pillow.fromarray(colours.astype(np.uint8))), "ade"), classes)


def test_the_panoptic_coding_is_undone():
    ids = DICE.integers(0, 2**24, (9, 7))
    colours = np.stack([ids % 256, ids // 256 % 256, ids // 65536], axis=2).astype(np.uint8)
    np.testing.assert_array_equal(decode_labels(png(Pillow.fromarray(colours)), "panoptic"), ids)


@pytest.mark.parametrize("damage", ["jpeg", "colours", "empty", "truncated", "large", "grey as ade"])
def test_what_would_give_wrong_numbers_is_refused(damage):
    noise = DICE.integers(0, 256, (40, 40, 3), np.uint8)
    grey = Pillow.fromarray(noise[..., 0].copy())
    data, coding, limits = {
        "jpeg": (png(grey, "JPEG"), "index", PictureLimits()),
        "colours": (png(Pillow.fromarray(noise)), "index", PictureLimits()),
        "empty": (b"", "index", PictureLimits()),
        "truncated": (png(grey)[:-400], "index", PictureLimits()),
        "large": (png(grey), "index", PictureLimits(max_pixels=1599)),
        "grey as ade": (png(grey), "ade", PictureLimits()),
    }[damage]
    with pytest.raises(Refusal) as caught:
        decode_labels(data, coding, limits)
    assert caught.value.reason is Reason.MASK_UNREADABLE


def test_labels_turn_with_their_picture_and_another_size_is_refused():
    stored = np.arange(12, dtype=np.uint8).reshape(3, 4)
    picture = Picture(np.zeros((4, 3, 3), np.uint8), (4, 3), 6)
    np.testing.assert_array_equal(fit_labels(stored, picture), np.rot90(stored, -1))
    upright = np.rot90(stored, -1)
    np.testing.assert_array_equal(fit_labels(upright, picture), upright)
    with pytest.raises(Refusal, match="labels 5 x 3"):
        fit_labels(np.zeros((3, 5), np.uint8), picture)


def mat(**values):
    file = io.BytesIO()
    scipy.io.savemat(file, values)
    return file.getvalue()


def test_matrices_of_matlab_keep_their_numbers():
    for kind in (np.uint8, np.uint16, np.int32, np.float64):
        numbers = DICE.integers(0, 200, (9, 7)).astype(kind)
        np.testing.assert_array_equal(decode_matlab(mat(LabelMap=numbers), "LabelMap"), numbers)
    assert decode_matlab(mat(LabelMap=np.zeros((2, 2), np.uint16)), "LabelMap").dtype == np.uint16


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (mat(other=np.zeros((2, 2))), "other"),
        (mat(LabelMap=np.full((2, 2), 0.5)), "whole numbers"),
        (mat(LabelMap=np.full((2, 2), np.nan)), "whole numbers"),
        (mat(LabelMap=np.zeros((2, 2, 2))), "whole numbers"),
        (mat(LabelMap="text"), "whole numbers"),
        (mat(LabelMap=np.zeros((40, 40), np.uint8))[:-30], ""),
        (b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + bytes(400), "7.3"),
        (b"", ""),
        (bytes(range(256)), ""),
    ],
    ids=["another variable", "halves", "nan", "three axes", "text", "truncated", "7.3", "empty", "noise"],
)
def test_matlab_files_that_hold_no_labels_are_refused(data, says):
    with pytest.raises(Refusal) as caught:
        decode_matlab(data, "LabelMap")
    assert caught.value.reason is Reason.MASK_UNREADABLE
    assert says in caught.value.detail


def test_a_matrix_over_the_limit_is_refused_before_it_is_read():
    data = mat(LabelMap=np.zeros((100, 100), np.uint8))
    with pytest.raises(Refusal, match="sound size"):
        decode_matlab(data, "LabelMap", PictureLimits(max_pixels=9999))
