"""Depth as shades of grey and back: linear between two distances in metres, 255 steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import numpy.typing as npt

from ieiw.triplets import records
from ieiw.triplets.images.masks import Rle
from ieiw.triplets.records import Image

Depth = npt.NDArray[np.float32]
"""Metres (height, width); 0 where nothing was measured."""


@dataclass(frozen=True, slots=True)
class DepthScale:
    """How metres become shades.

    Attributes:
        nearest: metres shown at one end of the scale; what is nearer is shown alike.
        farthest: metres shown at the other end.
        near: shade of the near end, the far end has the other.
    """

    nearest: float = 0.0
    farthest: float = 10.0
    near: Literal["black", "white"] = "black"

    def __post_init__(self) -> None:
        if not 0 <= self.nearest < self.farthest:
            raise ValueError(f"a range of {self.nearest} to {self.farthest} m: 0 <= nearest < farthest is needed")

    @property
    def far(self) -> str:
        """Shade of the far end."""
        return "white" if self.near == "black" else "black"

    @property
    def step(self) -> float:
        """Metres between neighbouring shades."""
        return (self.farthest - self.nearest) / 255


class Answer(records.Answer, tag="depth", frozen=True, kw_only=True):
    """How the target shows metres.

    Attributes:
        encoding: shades are linear in metres.
        nearest: metres at the near end of the scale, and ``farthest`` at the far end.
        near: shade of the near end.
        void: where nothing was measured, and the nearest measurement is shown.
        measured: least and greatest measurement, in metres.
    """

    encoding: Literal["linear"] = "linear"
    nearest: float
    farthest: float
    near: Literal["black", "white"]
    void: Rle
    measured: tuple[float, float]

    @property
    def scale(self) -> DepthScale:
        """How metres became shades."""
        return DepthScale(self.nearest, self.farthest, self.near)


def draw(depth: Depth, scale: DepthScale) -> Image:
    """A depth map in grey, RGB with three equal channels; distances beyond the range are shown as its ends."""
    share = np.clip((depth - np.float32(scale.nearest)) / np.float32(scale.farthest - scale.nearest), 0, 1)
    levels = np.rint((share if scale.near == "black" else 1 - share) * 255).astype(np.uint8)
    return cast(Image, np.repeat(levels[..., None], 3, axis=2))


def read(target: Image, scale: DepthScale) -> Depth:
    """Metres (height, width) of a picture that :func:`draw` made, also from its JPEG: the mean of the channels decides."""
    share = target.astype(np.float32).mean(axis=2) / np.float32(255)
    share = share if scale.near == "black" else 1 - share
    return cast(Depth, (scale.nearest + share * np.float32(scale.farthest - scale.nearest)).astype(np.float32))
