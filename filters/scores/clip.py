"""What CLIP's space says of a pair: whether pictures are alike, whether the target is what the instruction says."""

from __future__ import annotations

import numpy as np

from ieiw.filters.scores.base import EmbeddingPairScore, VectorPairs, Vectors


class ClipImage(EmbeddingPairScore):
    """Cosine of source and target: an edit keeps most of its picture (0.7 and more in InstructPix2Pix's filter)."""

    name = "clip-image"

    def of_pairs(self, pairs: VectorPairs) -> Vectors:
        """-1..1."""
        return _cosine(pairs.sources, pairs.targets)


class ClipText(EmbeddingPairScore):
    """Cosine of target and instruction. An instruction is no caption: compare within a task."""

    name = "clip-text"
    has_texts = True

    def of_pairs(self, pairs: VectorPairs) -> Vectors:
        """-1..1."""
        return _cosine(pairs.targets, pairs.instructions)


class ClipDirection(EmbeddingPairScore):
    """Cosine of the way from source to target with the instruction (after StyleGAN-NADA, Gal et al. 2022, whose second way leads
    from one caption to another). Triplets have no captions, so the instruction stands for the way between them.
    """

    name = "clip-direction"
    has_texts = True

    def of_pairs(self, pairs: VectorPairs) -> Vectors:
        """-1..1; NaN where source and target have one embedding."""
        return _cosine(pairs.targets - pairs.sources, pairs.instructions)


def _cosine(one: Vectors, other: Vectors) -> Vectors:
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(lengths > 0, np.einsum("nd,nd->n", one, other) / lengths, np.nan)
