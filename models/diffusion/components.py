"""The parts of a latent diffusion for editing: made small from scratch, or loaded from a folder or a single file."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionInstructPix2PixPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from ieiw.models.diffusion import instructdiffusion_pipeline
from ieiw.models.diffusion.autoencoder import exact_autoencoder
from ieiw.models.diffusion.conditioning import Scheme, read_scheme, write_scheme
from ieiw.models.diffusion.ldm import read_file
from ieiw.models.diffusion.settings import Model
from ieiw.models.diffusion.tokenizer import TOKENS, clip_tokenizer
from ieiw.triplets.errors import UsageError

diffusers.utils.logging.disable_progress_bar()  # bars for files would break our progress lines
transformers.utils.logging.disable_progress_bar()

IN_CHANNELS = 8
"""Four of the noisy latents, four of the source's."""


@dataclass(slots=True)
class Parts:
    """What a pipeline is made of. Autoencoder and text encoder are frozen while the UNet learns.

    ``scheme``: which conditions it learned to do without; None where that is not known.
    """

    vae: Any
    text: Any
    tokenizer: Any
    unet: Any
    scheduler: Any
    scheme: Scheme | None = None

    def save_pretrained(self, folder: Path) -> None:
        """Write the pipeline in diffusers' layout, its scheme beside it, and the code of its guidance where that is not stock."""
        self.pipeline().save_pretrained(folder)
        if self.scheme:
            write_scheme(folder, self.scheme)
        if self.scheme == "instructdiffusion":
            shutil.copyfile(instructdiffusion_pipeline.__file__, folder / "pipeline.py")

    def pipeline(self, unet: Any = None) -> Any:
        """The pipeline whose guidance fits the scheme, the stock one where none is known; with another UNet if one is given."""
        of_scheme = {"instructdiffusion": instructdiffusion_pipeline.InstructDiffusionPipeline}
        return of_scheme.get(self.scheme or "", StableDiffusionInstructPix2PixPipeline)(
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
            max_position_embeddings=TOKENS,
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


def load_parts(model: str) -> Parts:
    """The parts of a model on disk. A UNet of four input channels is widened to eight by zeros, as InstructPix2Pix did.

    Args:
        model: a pipeline's folder in diffusers' layout, or the single file of Stable Diffusion 1.5, InstructPix2Pix or
            InstructDiffusion.

    Raises:
        UsageError: there is none, a weight is missing, or it is of another architecture.
    """
    if Path(model).is_file():
        unet, vae, text, scheduler = read_file(Path(model))
        parts = Parts(vae, text, clip_tokenizer(), unet, scheduler)
    else:
        parts = _load_folder(model)
    unet, vae = parts.unet, parts.vae
    if unet.config.in_channels == IN_CHANNELS // 2:
        parts.unet = unet = widened(unet)
    if (unet.config.in_channels, unet.config.out_channels, vae.config.latent_channels) != (IN_CHANNELS, 4, 4):
        raise UsageError(
            f"{model}: another architecture: the UNet takes {unet.config.in_channels} channels and gives "
            f"{unet.config.out_channels}, the autoencoder has {vae.config.latent_channels}; 8 (or 4), 4 and 4 are needed"
        )
    return parts


def load_vae(model: str) -> Any:
    """The autoencoder of a model on disk alone.

    Raises:
        UsageError: as :func:`load_parts`.
    """
    if Path(model).is_file():
        return read_file(Path(model))[1]
    try:
        return _module(AutoencoderKL, model, "vae", low_cpu_mem_usage=False)
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        raise _no_folder(model, error) from error


def _load_folder(folder: str) -> Parts:
    """Part by part, so that none is left with random weights where the folder's names do not fit."""
    try:
        config = json.loads((Path(folder) / "scheduler" / "scheduler_config.json").read_text(encoding="utf-8"))
        scheduler = getattr(diffusers, str(config["_class_name"])).from_config(config)
        tokenizer = CLIPTokenizer.from_pretrained(folder, subfolder="tokenizer", local_files_only=True)
        return Parts(
            # Weights are read into models that stand already: the other way wants `accelerate`, and says so at every load.
            _module(AutoencoderKL, folder, "vae", low_cpu_mem_usage=False),
            _module(CLIPTextModel, folder, "text_encoder"),
            tokenizer,
            _module(UNet2DConditionModel, folder, "unet", low_cpu_mem_usage=False),
            scheduler,
            read_scheme(Path(folder)),
        )
    except (OSError, ValueError, RuntimeError, TypeError, AttributeError, KeyError) as error:
        raise _no_folder(folder, error) from error


def _no_folder(folder: str, error: Exception) -> UsageError:
    # Where there is no such folder, diffusers takes it for the name of a model on a hub, and says that it may not ask.
    why = str(error)[:300] if Path(folder).exists() else "no such folder or file"
    return UsageError(
        f"{folder}: no Stable Diffusion pipeline in diffusers' layout ({why}). "
        "Give a folder with unet, vae, text_encoder, tokenizer and scheduler, or a single .ckpt or .safetensors"
    )


def _module(cls: Any, folder: str, part: str, **options: Any) -> Any:
    """A part with all its weights and no others.

    Raises:
        UsageError: a weight is missing, too many or of another shape.
        OSError: there is no such part.
    """
    module, report = cls.from_pretrained(
        folder, subfolder=part, local_files_only=True, output_loading_info=True, **options
    )
    wrong = [str(name) for kind in ("missing_keys", "unexpected_keys", "mismatched_keys") for name in report[kind]]
    wrong = [name for name in wrong if not name.endswith("position_ids")]  # numbers that older files hold
    if wrong:
        raise UsageError(
            f"{folder}/{part}: {len(wrong)} weights are missing, too many or of another shape, such as "
            f"{', '.join(sorted(wrong)[:5])}. Bring the whole file back, or the config.json that belongs to it"
        )
    return module


def widened(unet: Any) -> Any:
    """A text-to-image UNet made to see the source as well; at first it does as before, whatever the source."""
    wide = UNet2DConditionModel.from_config({**unet.config, "in_channels": IN_CHANNELS})
    weights = unet.state_dict()
    old = weights["conv_in.weight"]
    weights["conv_in.weight"] = torch.cat([old, torch.zeros_like(old)], dim=1)
    wide.load_state_dict(weights)
    return wide
