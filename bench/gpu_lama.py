"""The LaMa adapter on a GPU against one CPU thread: the same pixels within a tolerance, and how much faster.

With ``LAMA_MODEL`` set the published network is measured. Without it, a network of the same kinds of layers and about the same
width with random weights stands in: it shows that the device is used rightly and what it gains, not how fast LaMa itself is.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.common import NotHereError, Row, told
from ieiw.models.inpaint.lama import WEIGHTS, Lama
from ieiw.triplets.records import Image, Mask

_SIDE, _COUNT, _REPEATS = 256, 32, 3
_BATCHES = (1, 8, 32)
_NEAR, _SHARE = 2, 0.999
"""Tolerance: this share of all values in holes differs by at most so many grey levels. Sums in another order, no more."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is painted: the same pictures on every device."""

    pictures: Sequence[Image]
    holes: Sequence[Mask]


def run() -> list[Row]:
    """Check and time on CUDA and on the CPU, in one run.

    Raises:
        NotHereError: torch sees no GPU.
    """
    import torch

    if not torch.cuda.is_available():
        raise NotHereError(f"torch {torch.__version__} sees no GPU on this machine; run this where there is one")
    with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
        weights, what = network(Path(folder))
        return compare(weights, f"{what}, {torch.cuda.get_device_name()}", "cuda", random_case())


def network(folder: Path) -> tuple[Path, str]:
    """Path of a TorchScript file, and what it is, in words."""
    named = os.environ.get(WEIGHTS.variable, "")
    if named:
        return Path(named), "published LaMa"
    import torch

    from bench.fourier_network import FourierNetwork

    torch.manual_seed(0)
    file = folder / "random.pt"
    torch.jit.script(FourierNetwork()).save(str(file))  # type: ignore[no-untyped-call]
    return file, "random weights, not LaMa"


def random_case(count: int = _COUNT, side: int = _SIDE) -> Case:
    """Pictures of smooth noise, with a hole each."""
    import cv2

    dice = np.random.default_rng(0)
    coarse = dice.integers(0, 256, (count, 9, 9, 3), np.uint8)
    pictures = [np.asarray(cv2.resize(each, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8) for each in coarse]
    holes = np.zeros((count, side, side), bool)
    for hole in holes:
        y, x = dice.integers(0, side // 2, 2)
        hole[y : y + side // 3, x : x + side // 3] = True
    return Case(pictures, list(holes))


def compare(weights: Path, what: str, device: str, case: Case) -> list[Row]:
    """Pixels and pictures a second of ``device`` against one CPU thread.

    Raises:
        UsageError: the weights are no LaMa.
    """
    floor, slow = _timed(Lama(str(weights), "cpu", batch=1), Case(case.pictures[:4], case.holes[:4]), 1)
    rows = []
    for batch in _BATCHES:
        painted, fast = _timed(Lama(str(weights), device, batch=batch), case, _REPEATS)
        near = _agreement(painted[: len(floor)], floor, case.holes[: len(floor)])
        rows.append(
            Row(
                f"{what}: batches of {batch} over one CPU thread, {len(case.pictures)} pictures of {_SIDE}²",
                f"{fast / slow:.1f} x ({fast:.1f} against {slow:.2f} pictures a second)",
                "more than 1 x",
                fast > slow,
            )
        )
        rows.append(
            Row(
                f"values in holes within {_NEAR} grey levels of the CPU's, batches of {batch}",
                f"{near:.3%}",
                f"at least {_SHARE:.1%}",
                near >= _SHARE,
            )
        )
    # Nobody promises the same bytes on a GPU, so this line never fails.
    first, second = (Lama(str(weights), device, batch=8).paint(case.pictures, case.holes) for _ in range(2))
    same = sum(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    name = "pictures that come out the same to the byte twice"
    return [*rows, Row(name, f"{same} of {len(first)}", "stated, not promised", True)]


def _timed(painter: Lama, case: Case, repeats: int) -> tuple[list[Image], float]:
    """What is painted, and pictures a second, transfers included: the median of some runs after a first one."""
    painted = painter.paint(case.pictures, case.holes)  # loads, warms up
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        painted = painter.paint(case.pictures, case.holes)  # ends with a copy to the CPU, so nothing is left in flight
        seconds.append(time.perf_counter() - started)
    return painted, len(case.pictures) / statistics.median(seconds)


def _agreement(left: Sequence[Image], right: Sequence[Image], holes: Sequence[Mask]) -> float:
    """Share of the values in holes that differ by ``_NEAR`` grey levels or less."""
    apart = [np.abs(a.astype(int) - b)[hole] for a, b, hole in zip(left, right, holes, strict=True)]
    return float((np.concatenate(apart) <= _NEAR).mean())


def main() -> int:
    """See :func:`bench.common.told`."""
    return told("bench.gpu_lama", run)


if __name__ == "__main__":
    sys.exit(main())
