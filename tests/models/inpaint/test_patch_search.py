"""Search and vote of patch-based completion, compared with their definitions."""

import numpy as np
import pytest

from ieiw.models.inpaint.patch_level import RADIUS, RISE, Level
from ieiw.models.inpaint.patch_search import best_match, better_match, finer_match, vote
from tests.support.holes import stripes


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
