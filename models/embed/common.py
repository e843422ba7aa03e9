"""What embedders share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import numpy.typing as npt

from ieiw.models.protocols import Embedder
from ieiw.triplets.errors import UsageError
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


def read_state(path: Path) -> dict[str, Any]:
    """Tensors by name: safetensors, a state dict (plain or in ``state_dict``, of one process or of several), or an archive.

    Raises:
        UsageError: damaged, or none of them.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        if path.suffix == ".safetensors":
            return dict(load_file(path))
        try:
            loaded = torch.load(path, map_location="cpu", weights_only=True)
        except RuntimeError:  # OpenAI's own files are TorchScript archives
            archive: Any = torch.jit.load(str(path), map_location="cpu")  # type: ignore[no-untyped-call]
            loaded = archive.state_dict()
    except (SafetensorError, RuntimeError, ValueError, OSError, EOFError, KeyError, UnpicklingError) as error:
        raise UsageError(f"{path}: no weights that can be read ({str(error)[:200]}); download it again") from error
    state = loaded.get("state_dict", loaded) if isinstance(loaded, Mapping) else {}
    if not state or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise UsageError(f"{path}: holds no tensors by name; give a checkpoint of the model's")
    return {name.removeprefix("module."): value for name, value in state.items()}
