"""The ranking of the embedded inpainters: holes whose content is known, and figures that mean what the page says."""

import cv2
import numpy as np
import pytest

from bench.stand_in_holes import SIDE, cases, scene_cases
from bench.stand_ins import METHODS, measure, ranking, score, sheet
from ieiw.models.roles import INPAINT


@pytest.fixture(scope="module")
def bundled():
    return [case for case in cases(4) if case.group == "scikit-image"]


def test_moved_holes_show_the_picture_itself_and_are_no_specks(bundled):
    assert len(bundled) == 4
    for case in bundled:
        assert case.picture.shape == (SIDE, SIDE, 3) and case.hole.shape == (SIDE, SIDE)
        assert np.array_equal(case.picture, case.truth)
        assert 0.01 <= case.hole.mean() <= 0.25


def test_a_scene_without_its_object_is_the_truth_and_differs_in_the_hole(tmp_path):
    found = scene_cases(tmp_path, 3)
    assert found
    for case in found:
        apart = np.abs(case.picture.astype(int) - case.truth).max(axis=2)
        assert apart[case.hole].mean() > 5 * apart[~case.hole].mean()


def test_the_truth_itself_is_perfect_and_a_smear_has_a_texture_gap(bundled):
    case = bundled[1]
    perfect = score(case.truth, case.truth, case.hole, 0.0)
    smear = score(case.truth, cv2.GaussianBlur(case.truth, (0, 0), 4), case.hole, 0.0)
    assert (perfect.ssim, perfect.l1, perfect.gap) == (pytest.approx(1), 0, 0)
    assert smear.psnr < perfect.psnr and smear.ssim < 0.9 and smear.gap > 1


def test_what_a_method_paints_outside_the_hole_does_not_count(bundled):
    case = bundled[0]
    elsewhere = np.where(case.hole[..., None], case.truth, 255 - case.truth)
    assert score(case.truth, elsewhere, case.hole, 0.0).l1 == 0


def test_the_table_has_a_line_a_method_and_the_sheet_a_column(bundled):
    names = [name for name in METHODS if name != "biharmonic"]
    results = {name: measure(INPAINT.make(name, {}), bundled) for name in names}
    table = ranking({name: scores for name, (scores, _) in results.items()}, bundled)
    assert "## scikit-image: 4 holes" in table
    assert [line.split(" | ")[0] for line in table.splitlines()[4:7]] == [f"| {name}" for name in names]
    drawn = sheet(bundled, {name: fills for name, (_, fills) in results.items()}, 4)
    cell = drawn.shape[1] // (len(names) + 2)
    assert drawn.shape[1] == cell * (len(names) + 2)
    assert drawn.shape[0] == 24 + 2 * cell  # half of the rows would be scenes
