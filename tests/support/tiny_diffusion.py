"""Stable Diffusion 1.5's own layers at small widths, as its published file and as diffusers' modules."""

import torch
from diffusers import AutoencoderKL, PNDMScheduler, UNet2DConditionModel
from transformers import CLIPTextModel

from ieiw.models.diffusion import ldm
from ieiw.models.diffusion.components import Parts
from ieiw.models.diffusion.tokenizer import clip_tokenizer

WIDTHS = {"unet": (32, 64, 128, 128), "vae": (32, 64, 128, 128), "text": 32}


def tiny_parts(channels=4):
    """Random weights; the UNet takes ``channels``."""
    torch.manual_seed(7)
    unet = UNet2DConditionModel(
        sample_size=64,
        in_channels=channels,
        block_out_channels=WIDTHS["unet"],
        cross_attention_dim=WIDTHS["text"],
        attention_head_dim=8,
    )
    widths = WIDTHS["vae"]
    vae = AutoencoderKL(
        sample_size=512,
        block_out_channels=widths,
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
        layers_per_block=2,
        latent_channels=4,
    )
    tokens = {"embeddings.token_embedding.weight": torch.empty(49408, WIDTHS["text"])}
    text = CLIPTextModel(ldm.text_config(tokens | {"encoder.layers.0.mlp.fc1.weight": torch.empty(64, 32)}))
    scheduler = PNDMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", skip_prk_steps=True, steps_offset=1
    )
    return Parts(vae, text, clip_tokenizer(), unet, scheduler)


def weights(parts):
    """All tensors of a model by part and name."""
    return {
        f"{part} {name}": value
        for part in ("unet", "vae", "text")
        for name, value in getattr(parts, part).state_dict().items()
    }


def published(parts):
    """A published file's tensors: CompVis's names and shapes, the schedule and the numbers of places among them."""
    state = {"betas": torch.linspace(0, 1, 1000), "model_ema.decay": torch.tensor(0.9999)}
    state["cond_stage_model.transformer.text_model.embeddings.position_ids"] = torch.arange(77)[None]
    own = weights(parts)
    for part, table in ldm.names().items():
        for theirs, ours in table.items():
            value = own[f"{part} {ours}"].clone()
            convolved = part == "vae" and ".attn_1." in theirs and value.ndim == 2
            state[theirs] = value[:, :, None, None] if convolved else value
    return state
