"""The objective: conditions are lost in the stated shares, a perfect prediction costs nothing."""

import pytest
import torch
from diffusers import DDIMScheduler

from ieiw.models.diffusion.tokenizer import clip_tokenizer
from ieiw.train.objective import Draws, Latents, cut_count, generator_of, losses, without_conditions


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
