"""The embedded inpainters: one contract for all, and what the patch-based one promises beyond it."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ieiw.models.inpaint.opencv import spread
from ieiw.models.inpaint.patch_level import RADIUS, RISE, Level, pyramid
from ieiw.models.inpaint.patch_search import best_match, better_match, finer_match, vote
from ieiw.models.roles import INPAINT
from ieiw.triplets.errors import UsageError

EMBEDDED = sorted(set(INPAINT.backends) - {"lama"})
PAINTING = sorted(set(EMBEDDED) - {"noop"})


def stripes(height=96, width=96):
    """A texture of period 8 with a slow change of brightness."""
    y, x = np.mgrid[:height, :width]
    wave = 100 + 60 * np.sin(2 * np.pi * (x + y) / 8) + y / 3
    return np.stack([wave, wave * 0.8 + 20, 255 - wave], axis=2).astype(np.uint8)


def disc(height=96, width=96, radius=17):
    y, x = np.mgrid[:height, :width]
    return (y - height / 2) ** 2 + (x - width / 2) ** 2 < radius**2


def paint(name, picture, hole, **options):
    return INPAINT.make(name, options).paint([picture], [hole])[0]


@pytest.mark.parametrize("name", EMBEDDED)
def test_sizes_types_and_known_pixels_are_kept_and_inputs_unchanged(name):
    picture, hole = stripes(61, 90), disc(61, 90, 12)
    before = picture.copy(), hole.copy()
    painted = paint(name, picture, hole)
    assert painted.shape == picture.shape and painted.dtype == np.uint8
    assert np.abs(painted.astype(int) - picture)[~hole].max() <= 1
    assert np.array_equal(before[0], picture) and np.array_equal(before[1], hole)


@pytest.mark.parametrize("name", EMBEDDED)
def test_what_is_in_the_hole_has_no_influence(name):
    picture, hole = stripes(), disc()
    other = picture.copy()
    other[hole] = np.random.default_rng(0).integers(0, 256, (np.count_nonzero(hole), 3), np.uint8)
    assert np.array_equal(paint(name, picture, hole)[hole], paint(name, other, hole)[hole])


@pytest.mark.parametrize("name", EMBEDDED)
def test_an_empty_hole_changes_nothing_and_a_full_one_is_refused(name):
    picture = stripes(40, 50)
    assert np.array_equal(paint(name, picture, np.zeros((40, 50), bool)), picture)
    with pytest.raises(ValueError, match="whole picture"):
        paint(name, picture, np.ones((40, 50), bool))


@pytest.mark.parametrize("name", EMBEDDED)
def test_lengths_and_sizes_must_agree(name):
    picture, hole = stripes(40, 50), disc(40, 50, 5)
    painter = INPAINT.make(name, {})
    with pytest.raises(ValueError, match="2 pictures and 1 holes"):
        painter.paint([picture, picture], [hole])
    with pytest.raises(ValueError, match="shape"):
        painter.paint([picture], [hole[:-1]])
    with pytest.raises(ValueError, match="shape"):
        painter.paint([picture[..., 0]], [hole])


@pytest.mark.parametrize("name", PAINTING)
def test_a_plain_picture_stays_plain(name):
    picture = np.full((70, 64, 3), (200, 90, 30), np.uint8)
    drift = 4 if name == "telea" else 1  # OpenCV's rounds each ring down, and builds the next one on it
    assert np.abs(paint(name, picture, disc(70, 64, 14)).astype(int) - picture).max() <= drift


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


@pytest.mark.parametrize("method", [cv2.INPAINT_NS, cv2.INPAINT_TELEA])
@pytest.mark.parametrize("size", [(1, 10), (1, 11), (11, 1)])
def test_a_picture_as_thin_as_a_line_is_painted_from_itself_alone(method, size):
    """OpenCV reads past the end of such a picture, so that what lies behind it in memory decides what is painted."""
    for seed in range(100):
        dice = np.random.default_rng(seed)
        picture, hole = dice.integers(0, 256, (*size, 3), np.uint8), dice.random(size) < 0.4
        painted = set()
        for _ in range(6):
            for length in dice.integers(10, 5000, 50):
                dice.integers(0, 256, length, np.uint8)  # leaves other bytes behind
            painted.add(spread(picture, hole, 3, method).tobytes())
        assert len(painted) == 1


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
        "from tests.models.test_stand_ins import *;"
        "print(hashlib.sha256(paint('patch', stripes(150, 140), disc(150, 140, 30)).tobytes()).hexdigest())"
    )
    root = str(Path(__file__).parents[2])
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


def brute_force(level):
    """Cost of the best source of every target, by definition: sums over mirrored 7 x 7 patches of colour and height."""
    frame = np.pad(level.picture.astype(np.int64), ((RADIUS, RADIUS), (RADIUS, RADIUS), (0, 0)), mode="reflect")
    height = np.rint(np.arange(len(frame)) * RISE / level.height).astype(np.int64)
    frame = np.concatenate([frame, np.broadcast_to(height[:, None, None], (*frame.shape[:2], 1))], axis=2)
    side = 2 * RADIUS + 1

    def patch(y, x):
        return frame[y : y + side, x : x + side]

    sources = np.stack([patch(y, x) for y, x in zip(level.source_y, level.source_x, strict=True)])
    targets = zip(level.target_y, level.target_x, strict=True)
    return [int(np.square(sources - patch(y, x)).sum(axis=(1, 2, 3)).min()) for y, x in targets]


def small_level(seed=0):
    picture = np.random.default_rng(seed).integers(0, 256, (30, 34, 3), np.uint8)
    hole = np.zeros((30, 34), bool)
    hole[0:6, 10:18] = True
    return Level(picture, hole)


def test_the_exhaustive_search_finds_the_true_minimum():
    level = small_level()
    assert best_match(level).cost.astype(int).tolist() == brute_force(level)


def test_the_random_search_never_makes_a_match_worse_and_stays_among_sources(monkeypatch):
    level = small_level(1)
    monkeypatch.setattr("ieiw.models.inpaint.patch_search._EXHAUSTIVE", 0)
    coarse = Level(level.picture[::2, ::2], level.hole[::2, ::2])
    match = finer_match(coarse, best_match(coarse), level)
    rng = np.random.default_rng(0)
    sources = set(zip(level.source_y.tolist(), level.source_x.tolist(), strict=True))
    for _ in range(4):
        better = better_match(level, match, rng, 8)
        assert (better.cost <= match.cost).all()
        assert set(zip(better.y.tolist(), better.x.tolist(), strict=True)) <= sources
        match = better
    least = np.array(brute_force(level))
    assert (match.cost >= least).all() and match.cost.mean() < 1.4 * least.mean()


@pytest.mark.parametrize("final", [False, True])
def test_votes_that_agree_are_taken_as_they_are(final):
    picture, hole = stripes(48, 48), np.zeros((48, 48), bool)
    hole[16:32, 16:32] = True
    picture[...] = np.tile(picture[24, :8], (6, 1))
    level = Level(np.where(hole[..., None], 0, picture).astype(np.uint8), hole)
    level.picture = picture.copy()
    match = best_match(level)
    assert match.cost.max() == 0  # of rows that are all alike, the one at the same height
    level.picture[hole] = 0
    vote(level, match, final)
    assert np.array_equal(level.picture, picture)


@given(height=st.integers(33, 200), width=st.integers(33, 200), smallest=st.integers(16, 64))
@settings(max_examples=30, deadline=None)
def test_the_pyramid_halves_down_to_its_smallest_side_and_keeps_known_colours(height, width, smallest):
    picture = np.full((height, width, 3), 77, np.uint8)
    hole = np.zeros((height, width), bool)
    hole[5:20, 5:25] = True
    picture[hole] = 255
    levels = pyramid(picture, hole, smallest)
    assert (levels[-1].height, levels[-1].width) == (height, width)
    for coarse, fine in zip(levels, levels[1:], strict=False):
        assert coarse.hole.shape == ((fine.height + 1) // 2, (fine.width + 1) // 2)
        assert min(coarse.hole.shape) >= smallest
        assert (coarse.picture[~coarse.hole] == 77).all()


def test_names_options_and_settings():
    assert INPAINT.make("classical", {}).name == "patch"
    for name in set(EMBEDDED) - {"classical"}:
        made = INPAINT.make(name, {})
        assert made.name == name and made.stand_in and made.batch >= 1
    assert INPAINT.make("telea", {"radius": 5}).describe() == {"radius": "5"}
    assert INPAINT.make("patch", {"smallest": 64}).describe() != INPAINT.make("patch", {}).describe()


def test_settings_change_pixels():
    picture, hole = cv2.GaussianBlur(stripes(), (0, 0), 2), disc()
    assert not np.array_equal(paint("telea", picture, hole, radius=2), paint("telea", picture, hole, radius=9))


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("magic", {}, "magic.*Known: biharmonic, classical, lama, navier-stokes, noop, patch, telea"),
        ("telea", {"radius": 0}, "radius is 0"),
        ("telea", {"radius": "3"}, "radius is '3'"),
        ("telea", {"radius": float("nan")}, "radius is nan"),
        ("patch", {"smallest": 1}, "smallest is 1"),
        ("patch", {"colour": 1}, r"options.colour: patch has no such option.*known: "),
        ("biharmonic", {"radius": 3}, r"options\..*: biharmonic has no such option"),
    ],
)
def test_wrong_names_and_options_are_named(name, options, message):
    with pytest.raises(UsageError, match=message):
        INPAINT.make(name, options)


def test_making_a_stand_in_loads_neither_torch_nor_scikit_image():
    code = (
        "import sys; from ieiw.models.roles import INPAINT;"
        "[INPAINT.make(name, {}) for name in INPAINT.backends if name != 'lama'];"
        "print({'torch', 'skimage', 'scipy', 'diffusers'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
