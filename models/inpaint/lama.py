"""LaMa (Suvorov et al., WACV 2022), the paper's inpainter, from its published TorchScript file ``big-lama.pt``."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ieiw.models.inpaint.common import pairs, ranged
from ieiw.models.protocols import Inpainter
from ieiw.models.weights import Weights, digest
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Image, Mask

WEIGHTS = Weights(
    backend="lama",
    role="inpaint",
    file="big-lama.pt",
    site="https://github.com/enesmsahin/simple-lama-inpainting/releases/download/v0.1.0/big-lama.pt",
    variable="LAMA_MODEL",
    stand_in="classical",
)
_MULTIPLE = 8  # sides that the network takes


class Lama(Inpainter):
    """Fills holes with LaMa.

    Weights are loaded once a process, with the first picture. On the CPU one thread a worker is used, and batches are cut by
    the order of the pictures alone, so that the same pictures give the same pixels.

    Args:
        weights: path of ``big-lama.pt``; default: the variable ``LAMA_MODEL``.
        device: ``auto`` (CUDA where there is one), ``cpu`` or ``cuda``.
        batch: pictures of equal padded size that go through the network together; default 8 on CUDA, 1 on the CPU.
        threads: of torch on the CPU, for the whole process; with 1, results do not depend on the machine's load or cores.

    Raises:
        UsageError: no weights, no such file, or one that is visibly no TorchScript: names the file, where to get it, and the
            stand-in.
        ValueError: another option is unknown or out of bounds.
    """

    name = "lama"
    stand_in = False
    cost = 0.88  # not measured; on a GPU less
    weights = WEIGHTS

    def __init__(self, weights: str = "", device: str = "auto", batch: int = 0, threads: int = 1) -> None:
        self._path = WEIGHTS.find(weights)
        if device not in {"auto", "cpu", "cuda"}:
            raise ValueError(f"device is {device!r}: use auto, cpu or cuda")
        self._check_archive()
        self._requested = device
        self._batch = int(ranged("batch", batch, 0, 1024))
        self._threads = int(ranged("threads", threads, 1, 256))

    @property
    def device(self) -> str:
        """``cpu`` or ``cuda``."""
        if self._requested != "auto":
            return self._requested
        import torch

        return "cuda" if torch.cuda.is_available() else "cpu"

    @property
    def batch(self) -> int:
        """Pictures best given at once."""
        return self._batch or (8 if self.device == "cuda" else 1)

    def paint(self, pictures: Sequence[Image], holes: Sequence[Mask]) -> list[Image]:
        """See :class:`ieiw.models.protocols.Inpainter`."""
        list(pairs(pictures, holes))
        network = _load(self._path, self.device, self._threads)
        painted: dict[int, Image] = {}
        groups: dict[tuple[int, ...], list[int]] = {}  # pictures of equal padded size go together
        for index, picture in enumerate(pictures):
            groups.setdefault(tuple(-(-side // _MULTIPLE) for side in picture.shape[:2]), []).append(index)
        for group in groups.values():
            for start in range(0, len(group), self.batch):
                part = group[start : start + self.batch]
                results = _forward(network, [pictures[at] for at in part], [holes[at] for at in part], self.device)
                painted.update(zip(part, results, strict=True))
        return [painted[index] for index in range(len(pictures))]

    def describe(self) -> dict[str, str]:
        """Digest of the weights and kind of device; both change pixels."""
        return {"weights_sha256": digest(self._path), "device": self.device}

    def _check_archive(self) -> None:
        """Read the file's table of contents, so that a broken download stops the planning of a build, not its workers."""
        try:
            with zipfile.ZipFile(self._path) as archive:
                if any("/code/" in member for member in archive.namelist()):
                    return
            reason = "no code in it"
        except (zipfile.BadZipFile, OSError) as error:
            reason = str(error)
        raise WEIGHTS.refused(self._path, f"not a TorchScript network ({reason})")


def _forward(network: Any, pictures: Sequence[Image], holes: Sequence[Mask], device: str) -> list[Image]:
    """One pass: pad symmetrically to a multiple of 8, run, crop back."""
    import torch

    images = np.stack([_padded(picture).transpose(2, 0, 1) for picture in pictures]).astype(np.float32) / 255
    masks = np.stack([_padded(hole)[None] for hole in holes]).astype(np.int64)
    with torch.inference_mode():
        result = network(torch.from_numpy(images).to(device), torch.from_numpy(masks).to(device))
    pixels = np.clip(result.permute(0, 2, 3, 1).float().cpu().numpy() * 255, 0, 255).astype(np.uint8)
    return [
        np.ascontiguousarray(each[: picture.shape[0], : picture.shape[1]])
        for each, picture in zip(pixels, pictures, strict=True)
    ]


def _padded(array: Any) -> Any:
    height, width = array.shape[:2]
    padding = [(0, -height % _MULTIPLE), (0, -width % _MULTIPLE), *[(0, 0)] * (array.ndim - 2)]
    return np.pad(array, padding, mode="symmetric")


@cache
def _load(path: Path, device: str, threads: int) -> Any:
    """The network, checked; one a process.

    Raises:
        UsageError: the file is no TorchScript network, or does not take and give what LaMa does.
    """
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise UsageError("backends.inpaint.options.device: cuda, but torch sees no GPU here; use auto or cpu")
    if device == "cpu":
        torch.set_num_threads(threads)
    try:
        network: Any = torch.jit.load(str(path), map_location=device)  # type: ignore[no-untyped-call]
    except (RuntimeError, ValueError, OSError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise WEIGHTS.refused(path, f"not a TorchScript network ({first})") from error
    network.eval()
    _probe(network, path, device)
    return network


def _probe(network: Any, path: Path, device: str) -> None:
    """Run a small picture through: LaMa takes (N, 3, H, W) in 0..1 and a (N, 1, H, W) mask, and gives (N, 3, H, W) in 0..1."""
    import torch

    image = torch.full((1, 3, 64, 64), 0.5, device=device)
    mask = torch.zeros((1, 1, 64, 64), dtype=torch.int64, device=device)
    mask[..., 24:40, 24:40] = 1
    try:
        with torch.inference_mode():
            result = network(image, mask)
        shape, finite = tuple(result.shape), bool(torch.isfinite(result).all())
        inside = finite and float(result.min()) >= -0.05 and float(result.max()) <= 1.05
    except (RuntimeError, TypeError, AttributeError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        raise UsageError(f"{path}: does not take LaMa's picture and mask ({first}). Is it big-lama.pt?") from error
    if shape != (1, 3, 64, 64) or not inside:
        raise UsageError(
            f"{path}: gives {shape}, values in 0..1: {inside}; LaMa gives (1, 3, 64, 64) in 0..1. Is it big-lama.pt?"
        )
