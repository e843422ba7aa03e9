"""Perceptual hash."""

import cv2

from ieiw.filters.scores.phash import PerceptualHash
from tests.support.score_pictures import picture


def test_its_value():
    assert PerceptualHash().of_picture(picture()) == 17688588931864088576


def test_the_same_picture_in_another_size_is_near_and_its_mirror_is_far():
    ours = PerceptualHash().of_picture(picture())
    twice = PerceptualHash().of_picture(cv2.resize(picture(), (128, 96), interpolation=cv2.INTER_CUBIC))
    mirror = PerceptualHash().of_picture(picture()[:, ::-1].copy())
    assert (ours ^ twice).bit_count() <= 6 < 16 < (ours ^ mirror).bit_count()
