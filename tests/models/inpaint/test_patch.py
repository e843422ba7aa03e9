"""What the patch-based inpainter promises beyond the contract of all."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.holes import PAINTING, disc, paint, stripes


def test_the_patch_method_continues_a_texture_that_the_others_smear():
    picture, hole = stripes(), disc()
    error = {name: np.abs(paint(name, picture, hole).astype(int) - picture)[hole].mean() for name in PAINTING}
    assert error["patch"] < 6
    assert all(error["patch"] < error[name] / 3 for name in ("telea", "navier-stokes", "biharmonic"))


def test_the_patch_method_continues_an_edge():
    picture = np.zeros((96, 96, 3), np.uint8)
    picture[:, 40:] = 220
    hole = disc()
    assert np.abs(paint("patch", picture, hole).astype(int) - picture)[hole].mean() < 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    height=st.integers(1, 80),
    width=st.integers(1, 80),
    corners=st.tuples(*[st.floats(0, 1)] * 4),
    seed=st.integers(0, 9),
)
def test_the_patch_method_fills_any_hole_in_any_picture_the_same_way_twice(height, width, corners, seed):
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    hole = np.zeros((height, width), bool)
    top, bottom = sorted((int(corners[0] * height), int(corners[1] * height)))
    left, right = sorted((int(corners[2] * width), int(corners[3] * width)))
    hole[top : bottom + 1, left : right + 1] = True
    if hole.all():
        return
    first = paint("patch", picture, hole)
    assert first.shape == picture.shape
    assert np.array_equal(first[~hole], picture[~hole])
    assert np.array_equal(first, paint("patch", picture, hole))


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_the_patch_method_copes_with_a_hole_that_leaves_hardly_anything(share):
    picture = stripes(64, 64)
    hole = np.ones((64, 64), bool)
    hole[:, : round(64 * (1 - share))] = False
    painted = paint("patch", picture, hole)
    assert painted[hole].std() > 1  # something was painted, not one colour


def test_the_patch_method_gives_the_same_bytes_in_another_process_with_other_threads():
    picture, hole = stripes(150, 140), disc(150, 140, 30)
    here = paint("patch", picture, hole)
    code = (
        "import sys, hashlib, cv2, numpy as np; np.random.seed(5); cv2.setNumThreads(1);"
        "from tests.support.holes import *;"
        "print(hashlib.sha256(paint('patch', stripes(150, 140), disc(150, 140, 30)).tobytes()).hexdigest())"
    )
    root = str(Path(__file__).parents[3])
    env = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": root}
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout
    assert there.strip() == hashlib.sha256(here.tobytes()).hexdigest()


def test_the_patch_method_does_not_touch_the_global_random_state():
    np.random.seed(3)
    before = np.random.get_state()[1].copy()
    paint("patch", stripes(), disc())
    assert np.array_equal(before, np.random.get_state()[1])


def test_of_equal_textures_the_one_at_the_same_height_is_taken():
    picture = np.full((96, 96, 3), 90, np.uint8)
    picture[48:] = 110  # "ground": hardly another colour than the "wall"
    hole = np.zeros((96, 96), bool)
    hole[10:90, 40:56] = True
    painted = paint("patch", picture, hole)
    assert np.abs(painted.astype(int) - picture)[hole].mean() < 1
