"""One contract for all embedded inpainters."""

import numpy as np
import pytest

from ieiw.models.roles import INPAINT
from tests.support.holes import EMBEDDED, PAINTING, disc, paint, stripes


@pytest.mark.parametrize("name", EMBEDDED)
def test_sizes_types_and_known_pixels_are_kept_and_inputs_unchanged(name):
    picture, hole = stripes(61, 90), disc(61, 90, 12)
    before = picture.copy(), hole.copy()
    painted = paint(name, picture, hole)
    assert painted.shape == picture.shape and painted.dtype == np.uint8
    assert np.abs(painted.astype(int) - picture)[~hole].max() <= 1
    assert np.array_equal(before[0], picture) and np.array_equal(before[1], hole)


@pytest.mark.parametrize("name", EMBEDDED)
def test_what_is_in_the_hole_has_no_influence(name):
    picture, hole = stripes(), disc()
    other = picture.copy()
    other[hole] = np.random.default_rng(0).integers(0, 256, (np.count_nonzero(hole), 3), np.uint8)
    assert np.array_equal(paint(name, picture, hole)[hole], paint(name, other, hole)[hole])


@pytest.mark.parametrize("name", EMBEDDED)
def test_an_empty_hole_changes_nothing_and_a_full_one_is_refused(name):
    picture = stripes(40, 50)
    assert np.array_equal(paint(name, picture, np.zeros((40, 50), bool)), picture)
    with pytest.raises(ValueError, match="whole picture"):
        paint(name, picture, np.ones((40, 50), bool))


@pytest.mark.parametrize("name", EMBEDDED)
def test_lengths_and_sizes_must_agree(name):
    picture, hole = stripes(40, 50), disc(40, 50, 5)
    painter = INPAINT.make(name, {})
    with pytest.raises(ValueError, match="2 pictures and 1 holes"):
        painter.paint([picture, picture], [hole])
    with pytest.raises(ValueError, match="shape"):
        painter.paint([picture], [hole[:-1]])
    with pytest.raises(ValueError, match="shape"):
        painter.paint([picture[..., 0]], [hole])


@pytest.mark.parametrize("name", PAINTING)
def test_a_plain_picture_stays_plain(name):
    picture = np.full((70, 64, 3), (200, 90, 30), np.uint8)
    drift = 4 if name == "telea" else 1  # OpenCV's rounds each ring down, and builds the next one on it
    assert np.abs(paint(name, picture, disc(70, 64, 14)).astype(int) - picture).max() <= drift
