"""Made-up embeddings: 4,000 clusters of sizes by a power law, whose members have cosines of 0.6 to 0.9 with each other.

How much an index gains depends on where the rest of a member points. ``own``: each cluster has 32 noise axes of its own, nearer to
real embeddings. ``shared``: all have the same 32, so that neighbours of other clusters lie near, and no index finds them quickly.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from ieiw.triplets.layout.embeddings import Vectors

Noise = Literal["own", "shared"]
_CLUSTERS = 4_000
_AXES = 32
_FLOOR = 0.3
"""Noise in every direction, over that along the axes."""


def clusters(count: int, dimension: int, noise: Noise, seed: int = 0) -> Vectors:
    """(count, dimension), float16, in random order: any part of it is a fair sample."""
    random = np.random.default_rng(seed)
    shares = np.arange(1, _CLUSTERS + 1) ** -0.7
    sizes = random.multinomial(count, shares / shares.sum())
    places = random.permutation(count)
    strengths = 1 / np.sqrt(np.arange(1, _AXES + 1, dtype=np.float32))
    axes = random.standard_normal((_AXES, dimension), np.float32)
    found = np.empty((count, dimension), np.float16)
    start = 0
    for size in sizes:
        centre = random.standard_normal(dimension, np.float32)
        if noise == "own":
            axes = random.standard_normal((_AXES, dimension), np.float32)
        away = (random.standard_normal((size, _AXES), np.float32) * strengths) @ axes
        away += _FLOOR * np.linalg.norm(strengths) * random.standard_normal((size, dimension), np.float32)
        away /= np.linalg.norm(away, axis=1, keepdims=True)
        cosine = random.uniform(0.6, 0.9)
        members = np.sqrt(cosine) * centre / np.linalg.norm(centre) + np.sqrt(1 - cosine) * away
        found[places[start : start + size]] = members / np.linalg.norm(members, axis=1, keepdims=True)
        start += size
    return found
