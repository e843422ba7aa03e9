"""What an autoencoder makes of pictures, to be kept: the distribution of their latents."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ieiw.triplets.records import Image


def vae_digest(vae: Any) -> str:
    """SHA-256 of an autoencoder's weights in float32, by name: the same in whatever file or precision they were stored."""
    digest = hashlib.sha256()
    for name, weight in sorted(vae.state_dict().items()):
        digest.update(f"{name} {tuple(weight.shape)}\n".encode())
        digest.update(np.ascontiguousarray(weight.detach().float().cpu().numpy()).data)
    return digest.hexdigest()


def latent_side(vae: Any, size: int) -> int:
    """Side of the latents of a square picture of ``size`` pixels."""
    return int(size // 2 ** (len(vae.config.block_out_channels) - 1))


def as_pictures(batch: torch.Tensor, device: torch.device) -> torch.Tensor:
    """(n, size, size, 3) bytes -> (n, 3, size, size) floats, -1..1."""
    return batch.to(device, non_blocking=True).permute(0, 3, 1, 2).float() / 127.5 - 1.0


@torch.no_grad()
def posteriors(vae: Any, pictures: Image) -> npt.NDArray[np.float16]:
    """(n, size, size, 3) bytes -> (n, 2, 4, side, side): mean (which is the mode) and log-variance, unscaled.

    Raises:
        ValueError: one is not finite in float16: no such latents may be trained on.
    """
    found = vae.encode(as_pictures(torch.from_numpy(pictures), vae.device)).latent_dist
    made: npt.NDArray[np.float16] = torch.stack([found.mean, found.logvar], 1).half().cpu().numpy()
    if not np.isfinite(made).all():
        raise ValueError("the autoencoder gave latents that are not finite in float16")
    return made
