"""The objective: conditions are lost in the stated shares, a perfect prediction costs nothing."""

import pytest
import torch
from diffusers import DDIMScheduler, EulerAncestralDiscreteScheduler, PNDMScheduler

from ieiw.models.diffusion.tokenizer import clip_tokenizer
from ieiw.train.objective import (
    Draws,
    Latents,
    cut_count,
    draw,
    generator_of,
    losses,
    min_snr_weights,
    noising,
    without_conditions,
)


@pytest.mark.parametrize(
    ("scheme", "shares"), [("instructdiffusion", [0.075, 0.075, 0.0]), ("instructpix2pix", [0.05, 0.05, 0.05])]
)
def test_conditions_are_lost_in_the_schemes_shares_and_never_mixed_up(scheme, shares):
    count = 4_000
    latents = Latents(torch.ones(count, 4, 1, 1), torch.full((count, 4, 1, 1), 2.0), torch.ones(count, 1, 1))
    evenly = torch.arange(count) / count
    left = without_conditions(latents, evenly, scheme, torch.zeros(1, 1, 1))
    text, image = left.text[:, 0, 0] == 0, left.source[:, 0, 0, 0] == 0
    lost = [(text & ~image), (~text & image), (text & image)]
    assert [round(float(share.float().mean()), 3) for share in lost] == shares
    assert (left.target == 2).all()


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_a_perfect_prediction_has_no_loss(prediction):
    scheduler = DDIMScheduler(prediction_type=prediction)
    latents = Latents(torch.randn(3, 4, 2, 2), torch.randn(3, 4, 2, 2), torch.zeros(3, 1, 1))
    draws = Draws(torch.randn(3, 4, 2, 2), torch.tensor([10, 500, 999]), torch.ones(3))
    alphas = scheduler.alphas_cumprod[draws.steps][:, None, None, None]
    velocity = alphas.sqrt() * draws.noise - (1 - alphas).sqrt() * latents.target
    answer = {"epsilon": draws.noise, "v_prediction": velocity, "sample": latents.target}[prediction]

    class Perfect:
        def __call__(self, seen, steps, text):
            noisy = alphas.sqrt() * latents.target + (1 - alphas).sqrt() * draws.noise
            assert torch.allclose(seen, torch.cat([noisy, latents.source], 1), atol=1e-5)
            return type("Out", (), {"sample": answer})

    assert losses(Perfect(), scheduler, latents, draws).abs().max() < 1e-9


def test_chance_is_a_function_of_its_place():
    first, again, other = (torch.rand(4, generator=generator_of(*place)) for place in ((0, 1), (0, 1), (0, 2)))
    assert torch.equal(first, again) and not torch.equal(first, other)


@pytest.mark.parametrize(("words", "cut"), [(0, 0), (1, 0), (75, 0), (76, 1), (300, 1)])
def test_instructions_beyond_77_tokens_are_counted(words, cut):
    assert cut_count(clip_tokenizer(), [" ".join(["dog"] * words), "remove the dog"]) == cut


def test_letters_that_take_several_tokens_count_as_many():
    tokenizer = clip_tokenizer()
    texts = ["象" * length for length in range(20, 60)]
    assert cut_count(tokenizer, texts) == sum(len(ids) > 77 for ids in tokenizer(texts).input_ids) > 0


@pytest.mark.parametrize("sampler", [DDIMScheduler, EulerAncestralDiscreteScheduler, PNDMScheduler])
def test_noise_is_added_alike_whatever_sampler_a_model_is_published_with(sampler):
    settings = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
    latents, noise, step = torch.ones(1, 4, 2, 2), torch.full((1, 4, 2, 2), 2.0), torch.tensor([999])
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    alpha = float(torch.prod(1 - betas))
    noisy = noising(sampler(**settings)).add_noise(latents, noise, step)
    assert noisy.flatten().tolist() == pytest.approx([alpha**0.5 + 2 * (1 - alpha) ** 0.5] * 16, rel=1e-4)


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_min_snr_weighs_an_error_of_the_picture_alike_whatever_is_predicted(prediction):
    schedule = noising(DDIMScheduler(prediction_type=prediction))
    steps = torch.tensor([1, 100, 500, 900])
    alphas = schedule.alphas_cumprod[steps]
    snr = alphas / (1 - alphas)
    assert snr[0] > 5 > snr[-1]
    error = {"epsilon": snr, "v_prediction": snr + 1, "sample": torch.ones(4)}[prediction]  # of the picture's 1
    assert torch.allclose(min_snr_weights(schedule, steps, 5.0) * error, snr.clamp(max=5.0))


def test_offset_noise_is_one_value_a_channel_and_off_by_default():
    latents = Latents(torch.zeros(3, 4, 8, 8), torch.zeros(3, 4, 8, 8), torch.zeros(3, 1, 1))
    plain, same, offset = (
        draw(latents, 1000, [generator_of(0, slot) for slot in range(3)], share).noise for share in (0.0, 0.0, 0.5)
    )
    assert torch.equal(plain, same)
    added = offset - plain
    assert added.flatten(2).std(2).max() < 1e-6 and added[:, :, 0, 0].unique().numel() == 12


def test_a_samples_chance_is_its_own_whoever_draws_it():
    latents = Latents(torch.zeros(3, 4, 2, 2), torch.zeros(3, 4, 2, 2), torch.zeros(3, 1, 1))
    alone = Latents(*(part[1:2] for part in (latents.source, latents.target, latents.text)))
    whole = draw(latents, 1000, [generator_of(0, slot) for slot in range(3)])
    one = draw(alone, 1000, [generator_of(0, 1)])
    for name in ("noise", "steps", "lost"):
        assert torch.equal(getattr(whole, name)[1:2], getattr(one, name))
