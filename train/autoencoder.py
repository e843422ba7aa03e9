"""A small AutoencoderKL, trained on the pictures at hand, where no published one is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from diffusers import AutoencoderKL

from train.settings import Autoencoder

_KL = 1e-6  # keeps the latents' spread in bounds; as small as in latent diffusion (Rombach et al., 2022)


def small_autoencoder(settings: Autoencoder, size: int) -> Any:
    """An AutoencoderKL with random weights: four latent channels, each level but the last halves the picture."""
    levels = len(settings.channels)
    return AutoencoderKL(
        block_out_channels=settings.channels,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        latent_channels=4,
        layers_per_block=1,
        norm_num_groups=8,
        sample_size=size,
        scaling_factor=1.0,
        mid_block_add_attention=False,
        force_upcast=False,
    )


def train_autoencoder(
    vae: Any,
    pictures: Iterator[torch.Tensor],
    settings: Autoencoder,
    seed: int,
    report: Callable[[int, float], None],
) -> None:
    """Train it to give back pictures, then scale its latents to a spread of one, exactly.

    Args:
        vae: of :func:`small_autoencoder`.
        pictures: endless batches (n, 3, size, size), -1..1.
        settings: steps and rate.
        seed: of the draws from the posterior.
        report: called with step and loss.
    """
    device = next(vae.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    optimiser = torch.optim.AdamW(vae.parameters(), lr=settings.rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.rate, total_steps=settings.steps + 1)
    vae.train()
    for step in range(settings.steps):
        batch = next(pictures)
        posterior = vae.encode(batch).latent_dist
        drawn = vae.decode(posterior.sample(generator)).sample
        loss = torch.nn.functional.l1_loss(drawn, batch) + _KL * posterior.kl().mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        report(step + 1, float(loss.detach()))
    vae.eval().requires_grad_(False)
    with torch.no_grad():
        spread(vae, vae.encode(next(pictures)).latent_dist.mode().std())


def spread(vae: Any, scale: torch.Tensor) -> None:
    """Divide the latents by ``scale`` within the two 1 x 1 convolutions at the bottleneck; pictures stay as they were."""
    channels = vae.config.latent_channels
    with torch.no_grad():
        vae.quant_conv.weight[:channels] /= scale
        vae.quant_conv.bias[:channels] /= scale
        vae.quant_conv.bias[channels:] -= 2 * scale.log()
        vae.post_quant_conv.weight *= scale
