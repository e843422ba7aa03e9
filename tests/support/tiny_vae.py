"""A model of Stable Diffusion's classes whose autoencoder is small, shrinks pictures and is unsure, as a real one."""

import torch

from ieiw.models.diffusion.components import small_parts
from ieiw.models.diffusion.settings import Model


def tiny_vae(seed=0):
    """Latents of half the side."""
    from diffusers import AutoencoderKL  # after models.diffusion, which lets it be imported

    torch.manual_seed(seed)
    return AutoencoderKL(
        block_out_channels=(8, 8),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
        norm_num_groups=4,
        scaling_factor=0.5,
        mid_block_add_attention=False,
    )


def tiny_model(folder, seed=0, size=32):
    """A whole pipeline around it, saved."""
    torch.manual_seed(seed)
    parts = small_parts(Model(channels=(16, 16), text_width=16), size)
    parts.vae = tiny_vae(seed)
    parts.save_pretrained(folder)
    return str(folder)
