"""The parts of a latent diffusion for editing: made small from scratch, or loaded from a folder in diffusers' layout."""

from __future__ import annotations

import gzip
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers import DDIMScheduler, StableDiffusionInstructPix2PixPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from ieiw.models.diffusion.autoencoder import exact_autoencoder
from ieiw.models.diffusion.settings import Model
from ieiw.triplets.errors import UsageError

diffusers.utils.logging.disable_progress_bar()  # bars for files would break our progress lines
transformers.utils.logging.disable_progress_bar()

IN_CHANNELS = 8
"""Four of the noisy latents, four of the source's."""
_TOKENS = 77


@dataclass(slots=True)
class Parts:
    """What a pipeline is made of. Autoencoder and text encoder are frozen while the UNet learns."""

    vae: Any
    text: Any
    tokenizer: Any
    unet: Any
    scheduler: Any

    def pipeline(self, unet: Any = None) -> Any:
        """The stock pipeline of these parts, with another UNet if one is given."""
        return StableDiffusionInstructPix2PixPipeline(
            vae=self.vae,
            text_encoder=self.text,
            tokenizer=self.tokenizer,
            unet=unet if unet is not None else self.unet,
            scheduler=self.scheduler,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )


def small_parts(settings: Model, size: int) -> Parts:
    """A small model of the real classes with random weights, around an exact autoencoder.

    Args:
        settings: widths and what to predict.
        size: of the pictures in pixels.
    """
    tokenizer = clip_tokenizer()
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=settings.text_width,
            intermediate_size=2 * settings.text_width,
            num_hidden_layers=2,
            num_attention_heads=settings.text_width // 16,
            max_position_embeddings=_TOKENS,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    scheduler = DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
        prediction_type=settings.prediction,
    )
    levels = len(settings.channels)
    unet = UNet2DConditionModel(
        sample_size=size,
        in_channels=IN_CHANNELS,
        out_channels=4,
        layers_per_block=1,
        block_out_channels=settings.channels,
        # Attention where the picture is smallest, and in the middle: further up it would cost more than all else.
        down_block_types=(*["DownBlock2D"] * (levels - 1), "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", *["UpBlock2D"] * (levels - 1)),
        cross_attention_dim=settings.text_width,
        attention_head_dim=settings.channels[-1] // 16,
        norm_num_groups=8,
    )
    return Parts(exact_autoencoder(size), text, tokenizer, unet, scheduler)


def load_parts(folder: str) -> Parts:
    """The parts of a pipeline on disk. A UNet of four input channels is widened to eight by zeros, as InstructPix2Pix did.

    Raises:
        UsageError: the folder holds no such pipeline, or one of another architecture.
    """
    try:
        # Weights are read into models that stand already: the other way wants `accelerate`, and says so at every load.
        pipeline = StableDiffusionInstructPix2PixPipeline.from_pretrained(
            folder,
            safety_checker=None,
            requires_safety_checker=False,
            local_files_only=True,
            low_cpu_mem_usage=False,
        )
    except (OSError, ValueError, RuntimeError, TypeError, AttributeError, KeyError) as error:
        # Where there is no such folder, diffusers takes it for the name of a model on a hub, and says that it may not ask.
        why = str(error)[:300] if Path(folder).exists() else "no such folder"
        raise UsageError(
            f"{folder}: no Stable Diffusion pipeline in diffusers' layout ({why}). "
            "Give a folder with model_index.json, unet, vae, text_encoder, tokenizer and scheduler"
        ) from error
    unet, vae = pipeline.unet, pipeline.vae
    if unet.config.in_channels == IN_CHANNELS // 2:
        unet = widened(unet)
    if (unet.config.in_channels, unet.config.out_channels, vae.config.latent_channels) != (IN_CHANNELS, 4, 4):
        raise UsageError(
            f"{folder}: another architecture: the UNet takes {unet.config.in_channels} channels and gives "
            f"{unet.config.out_channels}, the autoencoder has {vae.config.latent_channels}; 8 (or 4), 4 and 4 are needed"
        )
    return Parts(vae, pipeline.text_encoder, pipeline.tokenizer, unet, pipeline.scheduler)


def widened(unet: Any) -> Any:
    """A text-to-image UNet made to see the source as well; at first it does as before, whatever the source."""
    wide = UNet2DConditionModel.from_config({**unet.config, "in_channels": IN_CHANNELS})
    weights = unet.state_dict()
    old = weights["conv_in.weight"]
    weights["conv_in.weight"] = torch.cat([old, torch.zeros_like(old)], dim=1)
    wide.load_state_dict(weights)
    return wide


def clip_tokenizer() -> Any:
    """The tokenizer of CLIP, made from the vocabulary inside the open_clip package: the same 49,408 tokens."""
    vocabulary, merges = _clip_vocabulary()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
        (Path(folder) / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
        special = {
            "bos_token": "<|startoftext|>",
            "eos_token": "<|endoftext|>",
            "unk_token": "<|endoftext|>",
            "pad_token": "<|endoftext|>",
            "model_max_length": _TOKENS,
            "tokenizer_class": "CLIPTokenizer",
        }
        (Path(folder) / "tokenizer_config.json").write_text(json.dumps(special), encoding="utf-8")
        return CLIPTokenizer.from_pretrained(folder)


def _clip_vocabulary() -> tuple[dict[str, int], list[str]]:
    """Token -> number, and the merges, as open_clip's own tokenizer lays them out."""
    import importlib.util

    package = importlib.util.find_spec("open_clip")
    if package is None or package.origin is None:
        raise UsageError(
            "the package open_clip_torch is missing, which brings CLIP's vocabulary. Install the project again"
        )
    with gzip.open(Path(package.origin).with_name("bpe_simple_vocab_16e6.txt.gz"), "rt", encoding="utf-8") as file:
        merges = file.read().split("\n")[1 : 49152 - 256 - 2 + 1]
    bytes_ = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    letters = [chr(value) for value in bytes_] + [chr(256 + extra) for extra in range(256 - len(bytes_))]
    tokens = [*letters, *(letter + "</w>" for letter in letters), *("".join(merge.split()) for merge in merges)]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    return {token: number for number, token in enumerate(tokens)}, merges
