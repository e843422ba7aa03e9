"""Jobs for painters: a round thing of one colour on a ground of another, for a hole in a third."""

import numpy as np

from ieiw.models.protocols import ReferenceJob
from tests.support.holes import stripes

RED, BLUE, GREEN = (200, 40, 40), (40, 60, 220), (60, 140, 70)
HOLE = (24, 88, 40, 88)
"""First and last row (exclusive), first and last column."""


def thing(size=60, colour=RED, around=BLUE):
    """A disc with a white spot on its left: picture and silhouette."""
    y, x = np.mgrid[:size, :size]
    far = np.hypot(y - size / 2, x - size / 2) / size
    silhouette = far < 0.42
    picture = np.where(silhouette[..., None], colour, around).astype(np.uint8)
    picture[np.hypot(y - size / 2, x - size / 4) < size / 12] = 255
    return picture, silhouette


def reference_job(size=112, ground=GREEN, hole=HOLE, **of_thing):
    """A job whose picture is plain; ``ground`` None gives stripes."""
    picture = stripes(size, size) if ground is None else np.full((size, size, 3), ground, np.uint8)
    mask = np.zeros((size, size), bool)
    mask[hole[0] : hole[1], hole[2] : hole[3]] = True
    return ReferenceJob(picture, mask, *thing(**of_thing))
