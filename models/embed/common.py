"""What embedders share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.models.protocols import Embedder
from ieiw.triplets.records import Image


def normalised(vectors: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float16]:
    """(n, dimension), each row of length 1; a row without any length stays zero, which is like nothing."""
    values = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    return (values / np.where(lengths > 0, lengths, 1)).astype(np.float16)


def embed_images(embedder: Embedder, images: Sequence[Image]) -> npt.NDArray[np.float16]:
    """(n, dimension) of a few pictures; a stage prepares them in threads beside the model instead."""
    return embedder.images([embedder.prepare(image) for image in images])


def torch_device(asked: str) -> str:
    """``cpu`` or ``cuda``, of what options say.

    Raises:
        ValueError: no such device, or none here.
    """
    if asked not in {"auto", "cpu", "cuda"}:
        raise ValueError(f"device is {asked!r}: auto, cpu or cuda")
    if asked == "cpu":
        return asked
    import torch

    if asked == "cuda" and not torch.cuda.is_available():
        raise ValueError("device is cuda, but torch finds none here; use auto or cpu")
    return "cuda" if torch.cuda.is_available() else "cpu"


def on_device(arrays: Sequence[npt.NDArray[np.float32]], device: str) -> Any:
    """Prepared pictures as one tensor."""
    import torch

    return torch.from_numpy(np.stack(arrays)).to(device)
