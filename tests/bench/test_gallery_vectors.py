"""The made-up embeddings are what their page says."""

import numpy as np
import pytest

from bench.gallery_vectors import clusters


@pytest.mark.parametrize("noise", ["own", "shared"])
def test_vectors_have_length_1_neighbours_and_come_out_the_same(noise):
    vectors = clusters(6_000, 24, noise)
    assert np.array_equal(vectors, clusters(6_000, 24, noise)) and vectors.dtype == np.float16
    values = vectors.astype(np.float32)
    assert np.allclose(np.linalg.norm(values, axis=1), 1, atol=2e-3)
    products = values @ values.T
    np.fill_diagonal(products, -1)
    assert 0.5 < products.max(1).mean() < 0.95
