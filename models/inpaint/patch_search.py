"""The two halves of patch-based completion: find for each target the source most like it, and let sources vote on colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from ieiw.models.inpaint.patch_level import RADIUS, Costs, Indices, Level

_EXHAUSTIVE = 1.5e6
"""Up to so many pairs of target and source, all are compared."""
_RING = 1.3
"""A vote from one pixel further into the hole counts less by this factor."""
_SHARP = 1.5
"""Reach, in pixels, of a patch's vote on final colours; at full reach, fine texture is averaged away."""
_AGREEMENT = (30.0, 15.0)
"""Final colours: in each of these rounds, votes further from the mean than about so many grey levels lose their weight."""
_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Match:
    """For each target of a level the centre of its source, and how unlike the two are."""

    y: Indices
    x: Indices
    cost: Costs


def best_match(level: Level) -> Match:
    """Compare every target with every source.

    The costs are whole numbers below 2**25 in every step, so float32 holds them exactly: the result depends neither on the
    linear algebra library nor on its threads.
    """
    packed = level.packed()
    target_patches = level.patches(packed, level.target_y, level.target_x)
    source_patches = level.patches(packed, level.source_y, level.source_x).astype(np.float32)
    squares = np.einsum("ij,ij->i", source_patches, source_patches)
    best = np.empty(level.targets, np.int64)
    for start in range(0, level.targets, 1024):
        products = target_patches[start : start + 1024].astype(np.float32) @ source_patches.T
        products *= -2.0
        products += squares
        best[start : start + 1024] = np.argmin(products, axis=1)
    y, x = level.source_y[best], level.source_x[best]
    return Match(y, x, level.costs(packed, target_patches, y, x))


def better_match(level: Level, match: Match, rng: np.random.Generator, radius: int) -> Match:
    """Improve a match: all pairs where they are few, else PatchMatch (Barnes et al., 2009) in rounds over all targets at once.

    Args:
        level: where both patches lie.
        match: to start from; its costs may be outdated.
        rng: for the random part of the search.
        radius: of the random part, in pixels; halved until 1.
    """
    if level.targets * len(level.source_y) <= _EXHAUSTIVE:
        return best_match(level)
    packed = level.packed()
    target_patches = level.patches(packed, level.target_y, level.target_x)
    match = Match(match.y, match.x, level.costs(packed, target_patches, match.y, match.x))
    for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        near = level.number[level.flat(level.target_y - down, level.target_x - right)]
        near = np.where(near < 0, np.arange(level.targets, dtype=np.int32), near)
        y = match.y[near] + level.target_y - level.target_y[near]
        x = match.x[near] + level.target_x - level.target_x[near]
        match = _better(level, packed, target_patches, match, (y, x))
    while radius >= 1:
        jump = rng.integers(-radius, radius + 1, (2, level.targets), dtype=np.int32)
        match = _better(level, packed, target_patches, match, (match.y + jump[0], match.x + jump[1]))
        radius //= 2
    return match


def _better(
    level: Level,
    packed: npt.NDArray[np.uint32],
    target_patches: npt.NDArray[np.uint8],
    match: Match,
    offer: tuple[Indices, Indices],
) -> Match:
    """For each target the better of its match and the offer, which is moved onto the nearest source."""
    y, x = level.snap(*offer)
    cost = level.costs(packed, target_patches, y, x)
    won = cost < match.cost
    return Match(np.where(won, y, match.y), np.where(won, x, match.x), np.where(won, cost, match.cost))


def finer_match(coarse: Level, match: Match, level: Level) -> Match:
    """A coarse match carried to a level of twice the size; costs are those of the level's present colours."""
    y, x = level.target_y // 2, level.target_x // 2
    near = coarse.number[coarse.flat(y, x)]
    y, x = np.where(near >= 0, match.y[near], y), np.where(near >= 0, match.x[near], x)
    y, x = level.snap(2 * y + level.target_y % 2, 2 * x + level.target_x % 2)
    packed = level.packed()
    target_patches = level.patches(packed, level.target_y, level.target_x)
    return Match(y, x, level.costs(packed, target_patches, y, x))


def vote(level: Level, match: Match, final: bool = False) -> None:
    """Give every pixel of the hole the mean of what the sources of all patches over it say (Wexler et al., 2007).

    Args:
        level: its picture is changed, in the hole only.
        match: source of every target.
        final: make sharp colours, which are to be seen, instead of means, which are to be searched for.
    """
    weight = np.append(_weights(level, match), np.float32(0))  # number -1, no target, has the last weight
    source = np.append(level.flat(match.y, match.x), np.int32(level.flat(level.source_y[0], level.source_x[0])))
    squares = np.square(np.arange(-RADIUS, RADIUS + 1, dtype=np.float32))
    gauss = np.exp((squares[:, None] + squares[None, :]).ravel() / np.float32(-2 * _SHARP**2))
    nearness = gauss if final else np.ones_like(gauss)
    packed = level.packed()
    y, x = np.nonzero(level.hole)
    pixels = level.flat(y.astype(np.int32), x.astype(np.int32))
    for start in range(0, len(pixels), _CHUNK):
        part = slice(start, start + _CHUNK)
        patch = level.number[pixels[part, None] - level.window]
        weights = weight[patch] * nearness
        colours = packed[source[patch] + level.window].view(np.uint8).reshape(*patch.shape, 4).astype(np.float32)
        mean = _mean(colours, weights)
        for spread in _AGREEMENT if final else ():
            apart = np.square(colours - mean[:, None]).sum(axis=2)
            mean = _mean(colours, weights * np.exp(apart * np.float32(-0.5 / spread**2)) + np.float32(1e-12))
        level.picture[y[part], x[part]] = np.rint(mean[:, :3]).astype(np.uint8)


def _weights(level: Level, match: Match) -> Costs:
    """Weight of each target's vote: less with its cost, and less the deeper it lies in the hole."""
    depth = cv2.distanceTransform(level.hole.astype(np.uint8), cv2.DIST_L2, 5)[level.target_y, level.target_x]
    usual = np.float32(np.percentile(match.cost, 75) + 1)
    likeness = np.exp(match.cost / (-2 * usual)) * np.float32(_RING) ** -depth
    return cast(Costs, (likeness + 1e-9).astype(np.float32))


def _mean(colours: npt.NDArray[np.float32], weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Weighted mean over patches; (pixels, patches, 4) and (pixels, patches) -> (pixels, 4)."""
    total = np.matmul(weights[:, None, :], colours)[:, 0]
    return cast(npt.NDArray[np.float32], total / weights.sum(axis=1)[:, None])
