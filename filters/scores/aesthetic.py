"""LAION's aesthetics predictors: how much people liked pictures like this one, from CLIP's embedding alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, ClassVar

import numpy as np

from ieiw.filters.scores.base import EmbeddingScore, Vectors
from ieiw.models.weights import Weights, digest
from ieiw.triplets.errors import UsageError

_LAYERS = ((0,), (0, 2, 4, 6, 7), (0, 3, 6, 9, 11))
"""Numbers of the layers in V1, in V2 and in V2 with rectifiers."""


class Aesthetic(EmbeddingScore):
    """A published head on a normalised embedding.

    Args:
        weights: the file as it is published; by default the one that the score's variable names.
        embedder: whose embeddings. A head knows only those of the model that it was trained on: name another one to try the way,
            not to judge pictures.

    Raises:
        UsageError: the file is not there.
    """

    weights: ClassVar[Weights]  # each head's own
    dimension: ClassVar[int] = 768

    def __init__(self, weights: str = "", embedder: str = "") -> None:
        super().__init__(embedder)
        self._path = self.weights.find(weights)

    def describe(self) -> dict[str, str]:
        """Digest of the head's file."""
        return {"weights_sha256": digest(self._path)}

    def of_embeddings(self, vectors: Vectors, ids: Sequence[str]) -> Vectors:
        """About 1..10; V1's go further."""
        if vectors.shape[1] != self.dimension:
            raise UsageError(
                f"{self.name}: embeddings of {self.embedder} have {vectors.shape[1]} dimensions, the head takes "
                f"{self.dimension}; it was trained on those of {self.own}"
            )
        found = vectors
        for number, (matrix, bias) in enumerate(self._layers):
            if number and self._is_relu:
                found = np.maximum(found, 0)
            found = found @ matrix.T + bias
        return np.asarray(found[:, 0])

    @cached_property
    def _state(self) -> dict[str, Vectors]:
        return _read(self._path)

    @property
    def _is_relu(self) -> bool:
        """The published ``…reluMSE`` heads have other layer numbers than the linear ones, which have nothing between layers."""
        return "layers.3.weight" in self._state

    @cached_property
    def _layers(self) -> list[tuple[Vectors, Vectors]]:
        """Matrices and biases, in order.

        Raises:
            UsageError: the file holds something else.
        """
        for numbers in _LAYERS:
            if set(self._state) == {f"layers.{number}.{part}" for number in numbers for part in ("weight", "bias")}:
                layers = [
                    (self._state[f"layers.{number}.weight"], self._state[f"layers.{number}.bias"]) for number in numbers
                ]
                widths = [self.dimension, *(len(bias) for _, bias in layers)]
                if [matrix.shape for matrix, _ in layers] == [(after, before) for before, after in pairwise(widths)]:
                    return layers
        found = (f"{name} {value.shape}" for name, value in sorted(self._state.items())[:4])
        raise self.weights.refused(self._path, f"no head on {self.dimension} dimensions: it holds {', '.join(found)}")


def _read(path: Path) -> dict[str, Vectors]:
    import torch

    try:
        loaded: Any = torch.load(path, map_location="cpu", weights_only=True)
        return {
            name if "." in name else f"layers.0.{name}": value.detach().double().numpy().astype(np.float32)
            for name, value in loaded.items()
        }
    except (RuntimeError, ValueError, OSError, EOFError, KeyError, AttributeError, UnpicklingError) as error:
        raise UsageError(f"{path}: no weights that can be read ({str(error)[:200]}); download it again") from error


def _head(name: str, file: str, site: str, variable: str) -> Weights:
    return Weights(backend=name, role="", file=file, site=site, variable=variable, stand_in="classical-quality")


_V1 = "https://github.com/LAION-AI/aesthetic-predictor"


class AestheticV1L14(Aesthetic):
    """V1 on ViT-L/14: the one that picked LAION-Aesthetics V1."""

    name = "aesthetic-v1-l14"
    weights = _head("aesthetic-v1-l14", "sa_0_4_vit_l_14_linear.pth", _V1, "AESTHETIC_V1_L14")


class AestheticV1B32(Aesthetic):
    """V1 on ViT-B/32."""

    name = "aesthetic-v1-b32"
    own = "clip-b32"
    dimension = 512
    weights = _head("aesthetic-v1-b32", "sa_0_4_vit_b_32_linear.pth", _V1, "AESTHETIC_V1_B32")


class AestheticV1B16(Aesthetic):
    """V1 on ViT-B/16."""

    name = "aesthetic-v1-b16"
    own = "clip-b16"
    dimension = 512
    weights = _head("aesthetic-v1-b16", "sa_0_4_vit_b_16_linear.pth", _V1, "AESTHETIC_V1_B16")


class AestheticV2(Aesthetic):
    """V2 (Schuhmann's improved predictor) on ViT-L/14: the paper's."""

    name = "aesthetic-v2"
    weights = _head(
        "aesthetic-v2",
        "sac+logos+ava1-l14-linearMSE.pth",
        "https://github.com/christophschuhmann/improved-aesthetic-predictor",
        "AESTHETIC_V2",
    )
