"""Two small pictures by arithmetic alone, the same on every machine: for values that scores must give exactly."""

import numpy as np

from ieiw.filters.scores.base import Pair


def picture():
    """A ramp with waves, a bright and a black corner, 48 x 64."""
    y, x = np.mgrid[:48, :64]
    waves = (x * x + 3 * y) % 23
    channels = [2 * x + 40 + waves, 3 * y + 50 + waves // 2, 200 - 2 * x + (x * y) % 17]
    made = np.stack(channels, axis=2).astype(np.uint8)
    made[:8, :8], made[-8:, -8:] = 255, 0
    return made


def pair():
    """The picture, and the same with its hole filled by half of its texture and every ninth column changed."""
    source = picture()
    hole = np.zeros(source.shape[:2], bool)
    hole[14:34, 20:44] = True
    target = np.where(hole[..., None], source // 2 + 60, source).astype(np.uint8)
    target[:, ::9] = np.minimum(target[:, ::9], 180) + 20
    return Pair(source, target, hole)
