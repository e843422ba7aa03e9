"""Embedding on a GPU against one CPU thread: the same vectors, how much faster, and what of the bare model's rate units keep.

The model is open_clip's ViT-L/14 with random weights, in a file as the published ones are: it shows that the device is used rightly
and what it gains. With ``CLIP_L14`` set the published weights are measured.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.common import NotHereError, Row, told
from bench.embeddings import random_clip, share_of_model
from bench.gpu_lama import random_case
from ieiw.models.protocols import Embedder
from ieiw.models.roles import EMBED
from ieiw.triplets.records import Image

_NAME, _TEXTS = "clip-l14", ("Remove the red car.", "a dog on the left", "add a sign")
_PICTURES, _COMPARED, _REPEATS, _OF_UNITS = 512, 4, 3, 1_000
_BATCHES = (1, 32, 256)
_COSINE = 0.999
"""Tolerance: sums in another order, and TF32 where torch takes it."""


def run() -> list[Row]:
    """Check and time on CUDA and on the CPU, in one run.

    Raises:
        NotHereError: torch sees no GPU.
    """
    import torch

    if not torch.cuda.is_available():
        raise NotHereError(f"torch {torch.__version__} sees no GPU on this machine; run this where there is one")
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        options, what = weights(Path(folder))
        pictures = random_case(_PICTURES).pictures
        rows = compare(_NAME, options, f"{what}, {torch.cuda.get_device_name()}", "cuda", pictures)
        return [*rows, of_units(Path(folder) / "units", _NAME, options, "cuda", _OF_UNITS)]


def weights(folder: Path) -> tuple[dict[str, Any], str]:
    """Options of the embedder, and what its weights are, in words."""
    import os

    from ieiw.models.embed.clip import ClipL14

    if os.environ.get(ClipL14.weights.variable):
        return {}, "published ViT-L/14"
    return {"weights": str(random_clip("ViT-L-14", folder))}, "ViT-L/14 with random weights"


def compare(
    name: str,
    options: Mapping[str, Any],
    what: str,
    device: str,
    pictures: Sequence[Image],
    batches: Sequence[int] = _BATCHES,
) -> list[Row]:
    """Vectors, and pictures a second, of ``device`` against one CPU thread; pictures are prepared before the clock starts."""
    on_cpu = EMBED.make(name, {**options, "device": "cpu", "batch": 1})
    prepared = [on_cpu.prepare(picture) for picture in pictures]
    floor, slow = _timed(on_cpu, prepared[:_COMPARED], 1)
    said = on_cpu.texts(_TEXTS)
    rows = []
    for batch in batches:
        there = EMBED.make(name, {**options, "device": device, "batch": batch})
        vectors, fast = _timed(there, prepared, _REPEATS)
        near = min(agreement(vectors[: len(floor)], floor), agreement(there.texts(_TEXTS), said))
        rate = f"{fast / slow:.1f} x ({fast:,.1f} against {slow:.2f} pictures a second)"
        rows.append(Row(f"{what}: batches of {batch} over one CPU thread", rate, "more than 1 x", fast > slow))
        cosine = f"vectors of pictures and texts against the CPU's, batches of {batch}: least cosine"
        rows.append(Row(cosine, f"{near:.5f}", f"at least {_COSINE}", near >= _COSINE))
    return rows


def of_units(folder: Path, name: str, options: Mapping[str, Any], device: str, pictures: int) -> Row:
    """What units keep of the bare model's rate, decoding and preparing included."""
    share, rate = share_of_model(folder, name, {**options, "device": device}, pictures)
    what = f"embedding units over the bare model ({rate:,.1f} pictures a second)"
    return Row(what, f"{share:.2f}", "at least 0.9", share >= 0.9)


def agreement(left: npt.NDArray[np.float16], right: npt.NDArray[np.float16]) -> float:
    """The least cosine of vectors of length 1, pair by pair."""
    return float(np.einsum("ij,ij->i", left.astype(np.float64), right.astype(np.float64)).min())


def _timed(
    model: Embedder, prepared: Sequence[npt.NDArray[np.float32]], repeats: int
) -> tuple[npt.NDArray[np.float16], float]:
    """Vectors, and pictures a second, transfers included: the median of some runs after a first one."""
    vectors = model.images(prepared)  # loads, warms up; ends with a copy to the CPU, so nothing is left in flight
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        vectors = model.images(prepared)
        seconds.append(time.perf_counter() - began)
    return vectors, len(prepared) / statistics.median(seconds)


def main() -> int:
    """See :func:`bench.common.told`."""
    return told("bench.gpu_embed", run)


if __name__ == "__main__":
    sys.exit(main())
