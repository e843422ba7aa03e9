"""Sharpness."""

import cv2
import pytest

from ieiw.filters.scores.sharpness import Sharpness
from tests.support.score_pictures import picture


def test_its_value():
    assert Sharpness().of_picture(picture()) == pytest.approx(0.41863500, rel=1e-6)


def test_blur_takes_it_away():
    blurred = cv2.GaussianBlur(picture(), (0, 0), 2)
    assert Sharpness().of_picture(blurred) < Sharpness().of_picture(picture()) - 0.1
