"""The training objective: denoise the target's latents, seeing the source's latents and the instruction.

InstructPix2Pix (Brooks et al., 2023), as InstructDiffusion (Geng et al., 2024) trains it: the source's latents stand unscaled
beside the noisy ones, and some samples lose a condition, so that guidance has something to guide away from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import DDPMScheduler

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
    """Random numbers of a place in the run, such as (seed, step, slot): nothing to save, the same after a resume.

    Each sample has its own, so chance is the same whatever number of processes a batch is shared among.
    """
    return torch.Generator().manual_seed(key_of(*parts) >> 1)


def noising(scheduler: Any) -> Any:
    """The forward process of a model: what adds the noise to learn from, whatever sampler the model is published with.

    A sampler in terms of sigmas, as InstructPix2Pix's, would add unscaled noise.
    """
    return DDPMScheduler.from_config(scheduler.config)


@torch.no_grad()
def encoded(
    parts: Parts,
    source: torch.Tensor,
    target: torch.Tensor,
    instructions: list[str],
    chance: Sequence[torch.Generator],
) -> Latents:
    """Pictures (n, 3, size, size) and sentences through the frozen parts.

    The target's latents are drawn from the posterior and scaled; the source's are its mode, unscaled, as InstructPix2Pix has it.
    """
    posterior = parts.vae.encode(target).latent_dist
    drawn = _drawn(parts, posterior.mean, posterior.std, chance)
    return Latents(parts.vae.encode(source).latent_dist.mode(), drawn, text_states(parts, instructions))


@torch.no_grad()
def from_kept(
    parts: Parts,
    source: torch.Tensor,
    target: torch.Tensor,
    instructions: list[str],
    chance: Sequence[torch.Generator],
) -> Latents:
    """The same of latents that were kept: source (n, 4, h, w), target (n, 2, 4, h, w), as a batch has them, in float16."""
    mean, log_variance = target.float().unbind(1)
    drawn = _drawn(parts, mean, torch.exp(0.5 * log_variance), chance)
    return Latents(source.float(), drawn, text_states(parts, instructions))


def _drawn(parts: Parts, mean: torch.Tensor, std: torch.Tensor, chance: Sequence[torch.Generator]) -> torch.Tensor:
    noise = _normal(mean.shape[1:], chance).to(mean.device)
    drawn: torch.Tensor = (mean + std * noise) * parts.vae.config.scaling_factor
    return drawn


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


def draw(latents: Latents, time_steps: int, chance: Sequence[torch.Generator], offset_noise: float = 0.0) -> Draws:
    """Chance for some samples, drawn on the CPU so that every device sees the same."""
    shape = latents.target.shape[1:]
    noise = _normal(shape, chance)
    steps = torch.cat([torch.randint(0, time_steps, (1,), generator=own) for own in chance])
    lost = torch.cat([torch.rand(1, generator=own) for own in chance])
    if offset_noise:
        noise = noise + offset_noise * _normal((shape[0], 1, 1), chance)
    return Draws(noise, steps, lost)


def _normal(shape: Sequence[int], chance: Sequence[torch.Generator]) -> torch.Tensor:
    return torch.stack([torch.randn(tuple(shape), generator=own) for own in chance])


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


def losses(unet: Any, schedule: Any, latents: Latents, draws: Draws, min_snr: float | None = None) -> torch.Tensor:
    """Mean squared error of each sample's prediction, (n,), weighed by Min-SNR where its gamma is given.

    Args:
        unet: the network.
        schedule: of :func:`noising`.
        latents: of the samples.
        draws: noise and time steps.
        min_snr: gamma.
    """
    device = latents.target.device
    noise, steps = draws.noise.to(device), draws.steps.to(device)
    noisy = schedule.add_noise(latents.target, noise, steps)
    kind = schedule.config.prediction_type
    if kind == "v_prediction":
        wanted = schedule.get_velocity(latents.target, noise, steps)
    else:
        wanted = latents.target if kind == "sample" else noise
    found = unet(torch.cat([noisy, latents.source], dim=1), steps, latents.text).sample
    squares: torch.Tensor = (found.float() - wanted).pow(2).mean(dim=(1, 2, 3))
    return squares if min_snr is None else squares * min_snr_weights(schedule, steps, min_snr)


def min_snr_weights(schedule: Any, steps: torch.Tensor, gamma: float) -> torch.Tensor:
    """(n,) weights of the squared error (Hang et al. 2023): min(SNR, gamma) in terms of the picture.

    An error of the noise is one of the picture times SNR, of the velocity times SNR + 1. InstructDiffusion's code multiplies that
    of the noise by min(SNR, gamma) once more, which is not copied.
    """
    alphas = schedule.alphas_cumprod.to(steps.device)[steps]
    snr = alphas / (1 - alphas)
    over = {"epsilon": snr, "v_prediction": snr + 1, "sample": torch.ones_like(snr)}[schedule.config.prediction_type]
    weights: torch.Tensor = snr.clamp(max=gamma) / over
    return weights
