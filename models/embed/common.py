"""What embedders share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.models.protocols import Embedder
from ieiw.models.torch_files import torch_device
from ieiw.triplets.records import Image


def normalised(vectors: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float16]:
    """(n, dimension), each row of length 1; a row without any length stays zero, which is like nothing."""
    values = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    return (values / np.where(lengths > 0, lengths, 1)).astype(np.float16)


def embed_images(embedder: Embedder, images: Sequence[Image]) -> npt.NDArray[np.float16]:
    """(n, dimension) of a few pictures; a stage prepares them in threads beside the model instead."""
    return embedder.images([embedder.prepare(image) for image in images])


class PicturesAlone(Embedder):
    """An embedder without texts."""

    has_texts = False

    def texts(self, texts: Sequence[str]) -> npt.NDArray[np.float16]:
        """See :class:`~ieiw.models.protocols.Embedder`."""
        raise ValueError(f"{self.name} embeds pictures alone")


class OnTorch(Embedder):
    """What embedders on torch share: how many items go through at once, and where.

    Args:
        batch: how many.
        device: ``auto``, ``cpu`` or ``cuda``.

    Raises:
        ValueError: either is out of bounds.
    """

    def __init__(self, batch: int, device: str) -> None:
        if batch < 1:
            raise ValueError(f"batch is {batch}: at least 1")
        self._batch, self._device = batch, torch_device(device)

    @property
    def batch(self) -> int:
        """See :class:`~ieiw.models.protocols.Backend`."""
        return self._batch

    @property
    def device(self) -> str:
        """``cpu`` or ``cuda``."""
        return self._device


def on_device(arrays: Sequence[npt.NDArray[np.float32]], device: str) -> Any:
    """Prepared pictures as one tensor."""
    import torch

    return torch.from_numpy(np.stack(arrays)).to(device)
