"""What an inpainter painted is taken in the hole alone."""

import numpy as np

from ieiw.triplets.drawings.erasure import draw
from tests.support.drawn import HEIGHT, WIDTH, noise


def test_outside_the_hole_not_one_pixel_changes():
    hole = np.zeros((HEIGHT, WIDTH), np.bool_)
    hole[5:20, 8:30] = True
    erased = draw(noise(), noise(1), hole)
    assert np.array_equal(erased, np.where(hole[..., None], noise(1), noise()))
