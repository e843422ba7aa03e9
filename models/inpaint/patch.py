"""Patch-based completion: the hole is filled with what the rest of the picture shows, coarse to fine.

Follows Wexler, Shechtman, Irani, "Space-Time Completion of Video" (2007) with the search of Barnes et al., "PatchMatch" (2009).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import cv2
import numpy as np

from ieiw.models.inpaint.common import pairs, ranged
from ieiw.models.inpaint.opencv import spread
from ieiw.models.inpaint.patch_level import RADIUS, pyramid
from ieiw.models.inpaint.patch_search import best_match, better_match, finer_match, vote
from ieiw.models.protocols import Inpainter
from ieiw.triplets.records import Image, Mask

_ROUNDS = (8, 4, 2, 1)
"""Rounds of search and vote at each level, coarsest first; further levels as the last one."""
_REVISION = "2"  # raised whenever the same picture would come out otherwise


class Patch(Inpainter):
    """Completes a hole from patches of the same picture. Deterministic: random jumps are seeded by the picture itself.

    Args:
        smallest: the shorter side of the coarsest level has at least so many pixels, 16 to 256. Larger values trust
            the picture's details more, and its large shapes less.
    """

    name = "patch"
    stand_in = True
    cost = 0.23

    def __init__(self, smallest: int = 32) -> None:
        self._smallest = int(ranged("smallest", smallest, 16, 256))

    def paint(self, pictures: Sequence[Image], holes: Sequence[Mask]) -> list[Image]:
        """See :class:`ieiw.models.protocols.Inpainter`."""
        return [_complete(picture, hole, self._smallest) for picture, hole in pairs(pictures, holes)]

    def describe(self) -> dict[str, str]:
        """Size of the coarsest level and of the patches, rounds of search, revision of all that is fixed."""
        rounds = " ".join(str(count) for count in _ROUNDS)
        patch = str(2 * RADIUS + 1)
        return {"smallest": str(self._smallest), "patch": patch, "rounds": rounds, "revision": _REVISION}


def _complete(picture: Image, hole: Mask, smallest: int) -> Image:
    if not hole.any() or min(hole.shape) <= 2 * RADIUS:
        return picture.copy() if not hole.any() else _smooth(picture, hole)
    blank = np.where(hole[..., None], 0, picture).astype(np.uint8)  # what is in the hole must not reach the search
    rng = np.random.Generator(np.random.PCG64([zlib.crc32(blank.tobytes()), zlib.crc32(np.packbits(hole).tobytes())]))
    levels = pyramid(blank, hole, smallest)
    coarse = levels[0]
    coarse.picture = _smooth(coarse.picture, coarse.hole)
    match = best_match(coarse)
    for depth, level in enumerate(levels):
        if depth:
            enlarged = cv2.resize(coarse.picture, (level.width, level.height), interpolation=cv2.INTER_CUBIC)
            level.picture[level.hole] = enlarged[level.hole]
            match = finer_match(coarse, match, level)
        rounds = _ROUNDS[min(depth, len(_ROUNDS) - 1)]
        for number in range(rounds):
            vote(level, match)
            reach = 8 if number else max(level.hole.shape) // 4  # of random jumps: wide first, then near by
            match = better_match(level, match, rng, reach)
        vote(level, match, final=level is levels[-1])
        coarse = level
    return coarse.picture


def _smooth(picture: Image, hole: Mask) -> Image:
    return spread(picture, hole, 3, cv2.INPAINT_NS)
