"""Blockiness: steps at the borders of JPEG's 8 x 8 blocks against steps elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.filters.scores._luminance import luminance
from ieiw.filters.scores.base import PictureScore
from ieiw.triplets.records import Image

_BLOCK = 8


class Blockiness(PictureScore):
    """Mean absolute second difference across block borders over that inside blocks, after Wang, Sheikh and Bovik ("No-reference
    perceptual quality assessment of JPEG compressed images", 2002): 1 for a picture without blocks, above 1.2 visible.

    Blocks are looked for at every offset of the grid, because a picture may have been cropped after it was compressed.
    """

    name = "blockiness"
    better = "lower"

    def of_picture(self, picture: Image) -> float:
        """About 1 and up."""
        grey = luminance(picture)
        return float((_along(grey) + _along(grey.T)) / 2)


def _along(grey: npt.NDArray[Any]) -> float:
    """Strongest periodic step along the rows' direction, relative to the mean of the other offsets."""
    steps = np.abs(np.diff(grey, axis=1))
    kinks = np.maximum(steps[:, 1:-1] - (steps[:, :-2] + steps[:, 2:]) / 2, 0).mean(axis=0)
    means = np.array([kinks[offset::_BLOCK].mean() for offset in range(_BLOCK)])
    strongest = int(means.argmax())
    rest = np.delete(means, strongest)
    return float((means[strongest] + 0.05) / (np.median(rest) + 0.05))  # 0.05 grey levels keep flat pictures at 1
