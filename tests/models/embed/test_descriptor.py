"""The stand-in embedder."""

import cv2
import numpy as np
import pytest

from ieiw.models.embed.common import embed_images
from ieiw.models.roles import EMBED
from tests.support.score_pictures import picture


def test_near_copies_are_nearer_than_other_pictures():
    made = EMBED.make("descriptor", {})
    one = picture()
    small = cv2.resize(one, (100, 120))
    other = np.random.default_rng(0).integers(0, 255, one.shape, np.uint8)
    vectors = embed_images(made, [one, small, one[:, ::-1].copy(), other]).astype(np.float32)
    assert vectors.shape == (4, made.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    like = vectors @ vectors[0]
    assert like[1] > 0.99 and max(like[2:]) < 0.8


@pytest.mark.parametrize("level", [0, 127, 255])
def test_a_picture_of_one_colour_has_a_vector(level):
    vectors = embed_images(EMBED.make("descriptor", {}), [np.full((40, 40, 3), level, np.uint8)])
    assert np.isfinite(vectors).all()
