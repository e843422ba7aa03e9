"""Planted defects on photographs that no threshold was chosen on: each is found by the score that is meant for it."""

import cv2
import numpy as np
import pytest
import skimage.data

from bench.planted import OWN_SCORE, PICTURE_DEFECTS, auc, stored
from ieiw.filters.registry import load
from ieiw.filters.scores.base import Pair
from ieiw.pipelines.cut.default_rules import DEFAULT

SIDE = 256


@pytest.fixture(scope="module")
def photographs():
    found = []
    for name in ("astronaut", "cat", "coffee", "rocket"):
        picture = getattr(skimage.data, name)()
        shrink = SIDE / min(picture.shape[:2])
        found.append(stored(cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)))
        found.append(stored(np.ascontiguousarray(picture[-SIDE:, -SIDE:])))
    return found


@pytest.mark.parametrize("defect", sorted(PICTURE_DEFECTS))
def test_each_defect_is_found_by_its_own_score(photographs, defect):
    made = load(OWN_SCORE[defect])()
    clean = np.array([made.of_picture(picture) for picture in photographs])
    planted = np.array([made.of_picture(PICTURE_DEFECTS[defect](picture)) for picture in photographs])
    assert auc(clean, planted, made.better) >= 0.9


def test_auc():
    assert auc(np.array([2.0, 3.0]), np.array([1.0, 0.0]), "higher") == 1
    assert auc(np.array([2.0, 3.0]), np.array([1.0, 0.0]), "lower") == 0
    assert auc(np.array([1.0, 2.0]), np.array([1.0, 2.0, np.nan]), "higher") == 0.5


def holes(picture):
    hole = np.zeros(picture.shape[:2], np.uint8)
    cv2.circle(hole, (picture.shape[1] // 2, SIDE // 2), 40, 1, -1)
    return hole > 0


def test_failed_edits_are_refused_by_the_default_rules(photographs):
    """A fill of one colour, an edit that did nothing, the target of another pair; the other half of the picture passes."""
    rules = {rule.name: rule for rule in DEFAULT.rules}
    for number, picture in enumerate(photographs):
        hole = holes(picture)
        flat = picture.copy()
        flat[hole] = picture[~hole].mean(axis=0)
        other = np.asarray(cv2.resize(photographs[number - 1], picture.shape[1::-1]))
        changed = np.where(hole[..., None], other, picture)
        for target, refusing in (
            (flat, {"visible-seam", "flat-fill"}),
            (picture, {"nothing-changed"}),
            (other, {"changed-elsewhere"}),
        ):
            assert refusing & refused(rules, Pair(picture, target, hole))
        assert {"nothing-changed", "changed-elsewhere"}.isdisjoint(refused(rules, Pair(picture, changed, hole)))


def refused(rules, pair):
    found = set()
    for name in ("visible-seam", "flat-fill", "nothing-changed", "changed-elsewhere"):
        rule = rules[name]
        value = load(rule.score)().of_pair(pair)
        if (rule.min is not None and value < rule.min) or (rule.max is not None and value > rule.max):
            found.add(name)
    return found
