"""White on black comes back."""

import numpy as np

from ieiw.triplets.drawings.white_mask import draw, read
from tests.support.drawn import smooth, through_jpeg


def test_white_on_black_comes_back():
    mask = smooth(5)[..., 0] > 128
    assert np.array_equal(read(draw(mask)), mask)
    found = read(through_jpeg(draw(mask)))
    assert (found & mask).sum() / (found | mask).sum() > 0.999
