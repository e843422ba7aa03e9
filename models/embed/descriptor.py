"""The embedded stand-in: colours and edges by place. Finds near copies and like looks, knows no things."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ieiw.models.embed.common import PicturesAlone, normalised
from ieiw.triplets.records import Image

_SIDE = 64
_CELLS = 4
_DIRECTIONS = 9
_COLOUR_SHARE = 0.5
_WIDTH = 20.0
"""Of a bin of Lab colour, in its own units."""


class Descriptor(PicturesAlone):
    """Per cell of a 4 x 4 grid: mean and spread of Lab colour, and how strong edges are in nine directions (as in HOG, Dalal and
    Triggs 2005). The square roots of the shares, so that scalar products compare distributions (Hellinger).
    """

    name = "descriptor"
    stand_in = True
    cost = 0.001
    dimension = _CELLS * _CELLS * (_DIRECTIONS + 6)

    def describe(self) -> dict[str, str]:
        """Its version."""
        return {"embedder": self.name, "version": "1"}

    @property
    def batch(self) -> int:
        """See :class:`~ieiw.models.protocols.Backend`."""
        return 32

    def prepare(self, image: Image) -> npt.NDArray[np.float32]:
        """(dimension,): all of the work, since it is the same for one as for many."""
        import cv2

        small = cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        light = lab[..., 0] / 100
        across, down = cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)
        strength, angle = np.hypot(across, down), np.arctan2(down, across) % np.pi
        direction = np.minimum((angle / np.pi * _DIRECTIONS).astype(np.int64), _DIRECTIONS - 1)
        edges = np.zeros((_DIRECTIONS, _SIDE, _SIDE), np.float32)
        np.put_along_axis(edges, direction[None], strength[None], axis=0)
        by_cell = edges.reshape(_DIRECTIONS, _CELLS, _SIDE // _CELLS, _CELLS, _SIDE // _CELLS).mean((2, 4))
        colours = lab.reshape(_CELLS, _SIDE // _CELLS, _CELLS, _SIDE // _CELLS, 3)
        # Light is 0..100, a and b about -100..100: all of one size, centred on grey.
        mean = (colours.mean((1, 3)) - np.array([50, 0, 0], np.float32)) / _WIDTH
        spread = colours.std((1, 3)) / _WIDTH
        shape = np.sqrt(by_cell).ravel()
        look = np.concatenate([mean.ravel(), spread.ravel()])
        return np.concatenate(
            [
                shape / max(float(np.linalg.norm(shape)), 1e-3) * np.sqrt(1 - _COLOUR_SHARE),
                look / max(float(np.linalg.norm(look)), 1e-3) * np.sqrt(_COLOUR_SHARE),
            ]
        ).astype(np.float32)

    def images(self, prepared: Sequence[npt.NDArray[np.float32]]) -> npt.NDArray[np.float16]:
        """See :class:`~ieiw.models.protocols.Embedder`."""
        return normalised(np.stack(prepared)) if len(prepared) else np.empty((0, self.dimension), np.float16)
