"""Plain colours are named again."""

import pytest

from ieiw.triplets.drawings.colour import draw, read
from ieiw.triplets.drawings.palette import PALETTE
from tests.support.drawn import noise, smooth, through_jpeg


@pytest.mark.parametrize("name", sorted(PALETTE))
def test_plain_colours_are_named_again(name):
    plain = draw(noise(), PALETTE[name])
    assert plain.shape == noise().shape
    assert read(through_jpeg(plain)) == (name, 1.0)


def test_a_photograph_is_not_plain():
    assert read(smooth(2))[1] < 0.5
