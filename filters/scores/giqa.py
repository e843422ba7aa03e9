"""GIQA (Gu et al. 2020), the paper's filter: how near a picture lies to those of a gallery of good ones.

Of a gallery's own pictures, the picture itself does not count. Magnitudes depend on gallery and embedder: compare within one
gallery, by quantile.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ieiw.filters.scores.base import EmbeddingScore, Vectors
from ieiw.models.gallery.building import sample
from ieiw.models.gallery.distances import distances, nearest, nearest_listed
from ieiw.models.gallery.search import Rows, Searcher
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.gallery import Gallery, check_embedder, open_gallery

_EPSILON = 1e-6
"""A dimension: what the reference's distance adds to each difference, so that a copy has a score."""
_MOST_FITTED = 50_000


def inverse(apart: Vectors, epsilon: float) -> Vectors:
    """(n,): the mean of 1 / (distance + epsilon) over (n, k) distances."""
    found: Vectors = (1 / (apart + epsilon)).mean(1, dtype=np.float64).astype(np.float32)
    return found


class _OverGallery(EmbeddingScore):
    """What scores over a gallery share.

    Args:
        gallery: its folder.
        embedder: whose embeddings; those of the gallery.

    Raises:
        UsageError: no gallery is given, there is none, or one of another embedder.
    """

    def __init__(self, gallery: str = "", embedder: str = "") -> None:
        super().__init__(embedder)
        if not gallery:
            raise UsageError(
                f"{self.name}: no gallery is given; build one by `ieiw gallery build` and set {self.name}.gallery"
            )
        self._gallery = open_gallery(gallery)
        self.check_embeddings({"embedder": self.embedder})

    def check_embeddings(self, settings: Mapping[str, str]) -> None:
        """Make sure that a build's embeddings compare with the gallery's.

        Raises:
            UsageError: another embedder, or other weights; names both.
        """
        check_embedder(self._gallery, settings)

    def describe(self) -> dict[str, str]:
        """The gallery, file by file."""
        return {"gallery_sha256": self._gallery.digest}

    def of_embeddings(self, vectors: Vectors, ids: Sequence[str]) -> Vectors:
        """(pictures,); NaN where there is no embedding."""
        found = np.full(len(ids), np.nan, np.float32)
        there = np.flatnonzero(np.isfinite(vectors).all(1))
        if len(there):
            asked = np.ascontiguousarray(vectors[there], np.float32)
            found[there] = self._scores(asked, self._gallery.rows_of([ids[at] for at in there.tolist()]))
        return found

    @abstractmethod
    def _scores(self, vectors: Vectors, own: Rows) -> Vectors:
        """(pictures,), given the row of each in the gallery, or -1."""


class _Knn(_OverGallery):
    """Args as of :class:`_OverGallery`.

    Args:
        gallery: its folder.
        embedder: whose embeddings; those of the gallery.
        k: neighbours.
        epsilon: added to each distance; 0 for a millionth a dimension, to which torch's distance comes for a copy.
    """

    def __init__(self, gallery: str = "", embedder: str = "", k: int = 1, epsilon: float = 0.0) -> None:
        super().__init__(gallery, embedder)
        count = self._gallery.note.count
        if not 1 <= k < count:
            raise UsageError(
                f"{self.name}: k is {k}, and {gallery} holds {count:,} vectors; one of them may be the picture itself"
            )
        if not 0 <= epsilon < np.inf:
            raise UsageError(f"{self.name}: epsilon is {epsilon}: at least 0")
        self._k, self._epsilon = k, epsilon or _EPSILON * self._gallery.note.dimension

    def describe(self) -> dict[str, str]:
        """Gallery, neighbours and epsilon."""
        return super().describe() | {"k": str(self._k), "epsilon": f"{self._epsilon:g}"}

    @cached_property
    def _searcher(self) -> Searcher:
        return Searcher(self._gallery)


class KnnGiqa(_Knn):
    """The reference code's form: 1 / L1 distance to the nearest one. Looks at every vector of the gallery."""

    name = "knn-giqa"

    def _scores(self, vectors: Vectors, own: Rows) -> Vectors:
        return inverse(nearest(self._gallery.vectors(), vectors, self._k, own), self._epsilon)


class KnnGiqaQuick(_Knn):
    """The same among a short list that the gallery's index finds: another neighbour now and then, many times as quick."""

    name = "knn-giqa-quick"

    def _scores(self, vectors: Vectors, own: Rows) -> Vectors:
        return inverse(nearest_listed(self._searcher, vectors, self._k, own), self._epsilon)


class KnnGiqaPaper(_Knn):
    """The paper's form: the mean of inverse L2 distances to the K nearest. It does not tell its K; 10 is ours."""

    name = "knn-giqa-paper"

    def __init__(self, gallery: str = "", embedder: str = "", k: int = 10, epsilon: float = 0.0) -> None:
        super().__init__(gallery, embedder, k, epsilon)

    def _scores(self, vectors: Vectors, own: Rows) -> Vectors:
        _, rows = self._searcher.search(vectors, self._k, own)
        return inverse(distances(self._searcher, vectors, rows, 2), self._epsilon)


class GmmGiqa(_OverGallery):
    """Log-likelihood under a mixture of Gaussians of full covariance, fitted to the gallery after PCA.

    Args:
        gallery: its folder.
        embedder: whose embeddings; those of the gallery.
        components: of the mixture; the reference code's default.
        variance: share of it that PCA keeps, as the reference code does where it uses PCA.
        seed: of the choice of at most 50,000 vectors, and of the fit.
    """

    name = "gmm-giqa"

    def __init__(
        self, gallery: str = "", embedder: str = "", components: int = 5, variance: float = 0.95, seed: int = 0
    ) -> None:
        super().__init__(gallery, embedder)
        if not 1 <= components < self._gallery.note.count:
            count = self._gallery.note.count
            raise UsageError(
                f"{self.name}: {components} components for a gallery of {count:,} vectors; take fewer, or add vectors"
            )
        if not 0 < variance <= 1:
            raise UsageError(f"{self.name}: variance is {variance}: above 0, at most 1")
        self._components, self._variance, self._seed = components, variance, seed

    def describe(self) -> dict[str, str]:
        """Gallery and settings of the fit."""
        own = {"components": str(self._components), "variance": f"{self._variance:g}", "seed": str(self._seed)}
        return super().describe() | own

    def _scores(self, vectors: Vectors, own: Rows) -> Vectors:
        mean, axes, mixture = self._fitted
        return np.asarray(mixture.score_samples((vectors - mean) @ axes), np.float32)

    @cached_property
    def _fitted(self) -> tuple[Vectors, Vectors, Any]:
        """Mean, principal axes (dimension, kept) and the mixture along them."""
        return fit(self._gallery, self._components, self._variance, self._seed)


def fit(gallery: Gallery, components: int, variance: float, seed: int) -> tuple[Vectors, Vectors, Any]:
    """The mixture of :class:`GmmGiqa`, with the mean and the axes (dimension, kept) that lead to it."""
    from sklearn.mixture import GaussianMixture

    vectors = sample(gallery.vectors(), gallery.note.count, _MOST_FITTED).astype(np.float64)
    mean = vectors.mean(0)
    values, axes = np.linalg.eigh(np.cov(vectors - mean, rowvar=False))
    shares = np.cumsum(values[::-1]) / values.sum()
    kept = min(len(shares), int(np.searchsorted(shares, variance)) + 1)
    axes = axes[:, ::-1][:, :kept]
    mixture = GaussianMixture(components, covariance_type="full", random_state=seed)
    return mean, axes, mixture.fit((vectors - mean) @ axes)
