"""The training objective: denoise the target's latents, seeing the source's latents and the instruction.

InstructPix2Pix (Brooks et al., 2023), as InstructDiffusion (Geng et al., 2024) trains it: the source's latents stand unscaled
beside the noisy ones, and some samples lose a condition, so that guidance has something to guide away from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from ieiw.models.diffusion.components import Parts
from ieiw.models.diffusion.conditioning import SCHEMES, Scheme
from ieiw.triplets.permutation import key_of


@dataclass(frozen=True, slots=True)
class Latents:
    """A batch as the UNet sees it: (n, 4, h, w) twice, and (n, tokens, width)."""

    source: torch.Tensor
    target: torch.Tensor
    text: torch.Tensor


@dataclass(frozen=True, slots=True)
class Draws:
    """What chance decides for a batch: noise (n, 4, h, w), time steps (n,), and the condition each sample loses, (n,) in [0, 1)."""

    noise: torch.Tensor
    steps: torch.Tensor
    lost: torch.Tensor


def generator_of(*parts: object) -> torch.Generator:
    """Random numbers of a place in the run, such as (seed, step): nothing to save, the same after a resume."""
    return torch.Generator().manual_seed(key_of(*parts) >> 1)


def as_pictures(batch: torch.Tensor, device: torch.device) -> torch.Tensor:
    """(n, size, size, 3) bytes -> (n, 3, size, size) floats, -1..1."""
    return batch.to(device, non_blocking=True).permute(0, 3, 1, 2).float() / 127.5 - 1.0


@torch.no_grad()
def encoded(
    parts: Parts, source: torch.Tensor, target: torch.Tensor, instructions: list[str], generator: torch.Generator
) -> Latents:
    """Pictures (n, 3, size, size) and sentences through the frozen parts."""
    vae = parts.vae
    posterior = vae.encode(target).latent_dist
    noise = torch.randn(posterior.mean.shape, generator=generator).to(target.device)
    drawn = (posterior.mean + posterior.std * noise) * vae.config.scaling_factor
    return Latents(vae.encode(source).latent_dist.mode(), drawn, text_states(parts, instructions))


@torch.no_grad()
def text_states(parts: Parts, instructions: list[str]) -> torch.Tensor:
    """(n, tokens, width) of the text encoder; sentences are cut at its length."""
    tokens = parts.tokenizer(
        instructions,
        max_length=parts.tokenizer.model_max_length,
        padding="max_length",
        truncation=True,
        return_tensors="pt",
    )
    return parts.text(tokens.input_ids.to(parts.text.device))[0]  # type: ignore[no-any-return]


def cut_count(tokenizer: Any, instructions: list[str]) -> int:
    """How many sentences are longer than the text encoder reads. Those of fewer bytes than it has tokens are not looked at."""
    most = tokenizer.model_max_length
    long = [text for text in instructions if len(text.encode("utf-8", "replace")) > most - 2]  # of them two are marks
    return sum(len(tokens) > most for tokens in tokenizer(long, verbose=False).input_ids) if long else 0


def draw(latents: Latents, time_steps: int, generator: torch.Generator) -> Draws:
    """Chance for one batch, drawn on the CPU so that every device sees the same."""
    count = len(latents.target)
    noise = torch.randn(latents.target.shape, generator=generator)
    steps = torch.randint(0, time_steps, (count,), generator=generator)
    return Draws(noise, steps, torch.rand(count, generator=generator))


def without_conditions(latents: Latents, lost: torch.Tensor, scheme: Scheme, nothing: torch.Tensor) -> Latents:
    """Take conditions away: text, source, or both, of the scheme's shares; each sample loses at most one of the three.

    Args:
        latents: of the batch.
        lost: (n,) in [0, 1); the first shares of it lose something.
        scheme: whose shares.
        nothing: (1, tokens, width) of the empty sentence.
    """
    lost, shares = lost.to(latents.text.device), SCHEMES[scheme]
    first, second = shares.text, shares.text + shares.image
    third = second + shares.both
    no_text = (lost < first) | ((lost >= second) & (lost < third))
    no_image = (lost >= first) & (lost < third)
    text = torch.where(no_text[:, None, None], nothing, latents.text)
    return Latents(latents.source * ~no_image[:, None, None, None], latents.target, text)


def losses(unet: Any, scheduler: Any, latents: Latents, draws: Draws) -> torch.Tensor:
    """Mean squared error of each sample's prediction, (n,)."""
    device = latents.target.device
    noise, steps = draws.noise.to(device), draws.steps.to(device)
    noisy = scheduler.add_noise(latents.target, noise, steps)
    kind = scheduler.config.prediction_type
    if kind == "v_prediction":
        wanted = scheduler.get_velocity(latents.target, noise, steps)
    else:
        wanted = latents.target if kind == "sample" else noise
    found = unet(torch.cat([noisy, latents.source], dim=1), steps, latents.text).sample
    squares: torch.Tensor = (found.float() - wanted).pow(2).mean(dim=(1, 2, 3))
    return squares
