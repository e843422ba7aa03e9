"""The exact autoencoder: every picture comes back."""

import torch

from ieiw.models.diffusion.autoencoder import exact_autoencoder


def test_the_autoencoder_gives_every_picture_back():
    vae = exact_autoencoder(32)
    random = torch.rand(4, 3, 24, 40, generator=torch.Generator().manual_seed(0)) * 2 - 1
    flat = torch.stack([torch.full((3, 24, 40), value) for value in (-1.0, 0.0, 1.0)])
    with torch.no_grad():
        for pictures in (random, flat):
            latents = vae.encode(pictures).latent_dist
            assert latents.mode().shape == (len(pictures), 4, 24, 40) and latents.std.max() < 1e-5
            assert (vae.decode(latents.mode()).sample - pictures).abs().max() < 1e-4
        scattered = vae.decode(
            latents.mode() + 0.1 * torch.randn(latents.mode().shape, generator=torch.Generator().manual_seed(1))
        )
        assert abs(float((scattered.sample - flat).std()) - 0.05) < 0.01, "noise is halved, not amplified"
