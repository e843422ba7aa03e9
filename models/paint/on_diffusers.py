"""What painters by diffusers share: options, batches, one die a job, and pictures as tensors."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.models.batches import in_batches
from ieiw.models.inpaint.common import ranged
from ieiw.models.paint.common import check_jobs
from ieiw.models.protocols import ReferenceJob, ReferencePainter
from ieiw.models.torch_files import torch_device
from ieiw.triplets.records import Image

_NEUTRAL = (122, 116, 104)
"""The mean colour of CLIP's training, which it sees as nothing."""
_MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
_SPREAD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)


class OnDiffusers(ReferencePainter):
    """A painter by diffusers: on CUDA in 16 bits, on the CPU in 32 and with one thread, so that results depend on no load.

    Args:
        steps: of the sampling, 1 to 1000.
        guidance: towards the reference; 1 is none.
        batch: jobs at once; by default 8 on CUDA and 1 on the CPU. Halved where memory does not hold them.
        device: ``auto``, ``cpu`` or ``cuda``.

    Raises:
        ValueError: an option is out of bounds.
    """

    stand_in = False
    side: int | None = 512

    def __init__(self, steps: int, guidance: float, batch: int, device: str) -> None:
        self._steps = int(ranged("steps", steps, 1, 1000))
        self._guidance = float(ranged("guidance", guidance, 1, 100))
        self._device = torch_device(device)
        self._batch = int(ranged("batch", batch, 0, 1024)) or (8 if self._device == "cuda" else 1)

    @property
    def batch(self) -> int:
        """See :class:`~ieiw.models.protocols.Backend`."""
        return self._batch

    @property
    def device(self) -> str:
        """``cpu`` or ``cuda``."""
        return self._device

    def describe(self) -> dict[str, str]:
        """Digest of the weights and their settings, of the sampling, kind of device and of numbers."""
        return {
            "weights_sha256": self._digest,
            "steps": str(self._steps),
            "guidance": f"{self._guidance:g}",
            "device": self._device,
            "dtype": "float16" if self._device == "cuda" else "float32",
        }

    def paint(self, jobs: Sequence[ReferenceJob], seeds: Sequence[int]) -> list[Image]:
        """See :class:`~ieiw.models.protocols.ReferencePainter`. A job comes out alike in any batch, to one grey level.

        Raises:
            ValueError: as there, or a picture is not of the painter's side.
            UsageError: the weights are those of another model, or memory does not hold one job.
        """
        check_jobs(jobs, seeds)
        for job in jobs:
            if job.picture.shape[:2] != (self.side, self.side):
                raise ValueError(
                    f"a picture of shape {job.picture.shape}: {self.name} paints on {self.side} x {self.side}"
                )
        items = list(zip(jobs, seeds, strict=True))
        painted, self._batch = in_batches(items, self._batch, self._run, self.name)
        return painted

    def _run(self, items: Sequence[tuple[ReferenceJob, int]]) -> list[Image]:
        import torch

        with torch.inference_mode():
            # Dice of the CPU, which fall alike for every device; one each, so that a job's noise is its own in any batch.
            dice = [torch.Generator("cpu").manual_seed(seed) for _, seed in items]
            pixels: npt.NDArray[np.float32] = self._sample([job for job, _ in items], dice)
        return [np.rint(np.clip(each, 0, 1) * 255).astype(np.uint8) for each in pixels]

    @abstractmethod
    def _sample(self, jobs: Sequence[ReferenceJob], dice: list[Any]) -> npt.NDArray[np.float32]:
        """(n, side, side, 3), 0..1."""

    @property
    @abstractmethod
    def _digest(self) -> str:
        """SHA-256 of all that was published."""

    @cached_property
    def _pipeline(self) -> Any:
        """The model with its weights, on its device."""
        import torch

        if self._device == "cpu":
            torch.set_num_threads(1)
        pipeline = self._load()
        pipeline.set_progress_bar_config(disable=True)
        return pipeline.to(self._device, torch.float16 if self._device == "cuda" else torch.float32)

    @abstractmethod
    def _load(self) -> Any:
        """The pipeline."""


def picture_pixels(jobs: Sequence[ReferenceJob]) -> tuple[Any, Any]:
    """Pictures (n, 3, side, side), -1..1, and their holes (n, 1, side, side), 1 where is to be painted."""
    import torch

    pictures = np.stack([job.picture for job in jobs]).transpose(0, 3, 1, 2).astype(np.float32)
    holes = np.stack([job.hole for job in jobs])[:, None].astype(np.float32)
    return torch.from_numpy(pictures / np.float32(127.5) - np.float32(1)), torch.from_numpy(holes)


def reference_pixels(jobs: Sequence[ReferenceJob], side: int) -> Any:
    """References as CLIP sees them: (n, 3, side, side). Padded to a square first, or a long one would lose its ends."""
    import torch
    from PIL.Image import Resampling, fromarray

    prepared = []
    for job in jobs:
        height, width = job.reference.shape[:2]
        longest = max(height, width)
        square = np.full((longest, longest, 3), _NEUTRAL, np.uint8)
        top, left = (longest - height) // 2, (longest - width) // 2
        square[top : top + height, left : left + width] = job.reference
        small = np.asarray(fromarray(square).resize((side, side), Resampling.BICUBIC), np.float32) / np.float32(255)
        prepared.append(((small - _MEAN) / _SPREAD).transpose(2, 0, 1))
    return torch.from_numpy(np.stack(prepared))
