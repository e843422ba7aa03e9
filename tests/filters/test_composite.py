"""Scores made of scores."""

import numpy as np
import pytest

from ieiw.filters.composite import COMPOSITES
from ieiw.filters.registry import load
from tests.support.score_pictures import picture

QUALITY = COMPOSITES["classical-quality"]
GOOD = {"sharpness": 0.45, "exposure": 0.9, "contrast": 0.12, "noise": 1.5, "blockiness": 1.3}


def quality(values):
    return QUALITY.compute({name: np.array([value]) for name, value in values.items()})[0]


def test_its_value():
    values = {name: load(name)().of_picture(picture()) for name in QUALITY.parts}
    assert values["blockiness"] > 2.6 and quality(values) == 0
    assert quality(values | {"blockiness": 1.5}) == pytest.approx(0.9192042, rel=1e-6)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_one_bad_part_cannot_be_outweighed_and_an_undefined_one_is_undefined(name):
    assert quality(GOOD) == 1
    bad = {"sharpness": 0.2, "exposure": 0.3, "contrast": 0.03, "noise": 8, "blockiness": 2.6}
    assert quality(GOOD | {name: bad[name]}) == 0
    assert quality(GOOD | {name: (GOOD[name] + bad[name]) / 2}) == pytest.approx(0.5 ** (1 / 5))
    assert np.isnan(quality(GOOD | {name: np.nan}))
