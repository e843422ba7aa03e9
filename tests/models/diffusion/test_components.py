"""The small model: real classes, the real tokenizer, and arithmetic that must hold exactly."""

import numpy as np
import open_clip
import pytest
import torch
from diffusers import DDIMScheduler

from ieiw.models.diffusion.autoencoder import exact_autoencoder
from ieiw.models.diffusion.components import clip_tokenizer, load_parts, small_parts, widened
from ieiw.models.diffusion.settings import Model
from ieiw.train.config import Dropout
from ieiw.train.objective import Draws, Latents, draw, generator_of, losses, without_conditions
from ieiw.triplets.errors import UsageError


@pytest.fixture(scope="module")
def parts():
    torch.manual_seed(0)
    return small_parts(Model(channels=(16, 16), text_width=16), 32)


def test_the_tokenizer_is_clips(parts):
    sentences = [
        "Remove the dog on the left.",
        "Enlève le café, déjà vu; Füße",
        "",
        "a" * 400,
        "🙂 and 1,234.5 it's #1",
    ]
    ours = clip_tokenizer()(
        sentences, padding="max_length", truncation=True, max_length=77, return_tensors="np"
    ).input_ids
    theirs = open_clip.get_tokenizer("ViT-L-14")(sentences).numpy()
    for one, other in zip(ours, theirs, strict=True):
        end = int(np.argmax(other))  # open_clip fills with 0, CLIP's own pipeline with the end token
        assert one[: end + 1].tolist() == other[: end + 1].tolist()
    assert len(clip_tokenizer()) == 49408


def test_the_autoencoder_gives_every_picture_back():
    vae = exact_autoencoder(32)
    random = torch.rand(4, 3, 24, 40, generator=generator_of(0)) * 2 - 1
    flat = torch.stack([torch.full((3, 24, 40), value) for value in (-1.0, 0.0, 1.0)])
    with torch.no_grad():
        for pictures in (random, flat):
            latents = vae.encode(pictures).latent_dist
            assert latents.mode().shape == (len(pictures), 4, 24, 40) and latents.std.max() < 1e-5
            assert (vae.decode(latents.mode()).sample - pictures).abs().max() < 1e-4
        scattered = vae.decode(latents.mode() + 0.1 * torch.randn(latents.mode().shape, generator=generator_of(1)))
        assert abs(float((scattered.sample - flat).std()) - 0.05) < 0.01, "noise is halved, not amplified"


def test_a_text_to_image_unet_is_widened_and_does_as_before(parts):
    from diffusers import UNet2DConditionModel

    torch.manual_seed(0)
    narrow = UNet2DConditionModel.from_config({**parts.unet.config, "in_channels": 4}).eval()
    wide = widened(narrow).eval()
    latents, source, text = torch.randn(1, 4, 16, 16), torch.randn(1, 4, 16, 16), torch.randn(1, 77, 16)
    with torch.no_grad():
        before = narrow(latents, 5, text).sample
        assert torch.allclose(wide(torch.cat([latents, source], 1), 5, text).sample, before, atol=1e-6)


def test_a_pipeline_of_another_architecture_is_told(parts, tmp_path):
    with pytest.raises(UsageError, match="no Stable Diffusion pipeline in diffusers' layout"):
        load_parts(str(tmp_path))
    with pytest.raises(UsageError, match=r"nowhere: .*\(no such folder\)"):
        load_parts(str(tmp_path / "nowhere"))
    from diffusers import UNet2DConditionModel

    nine = UNet2DConditionModel.from_config({**parts.unet.config, "in_channels": 9})
    parts.pipeline(nine).save_pretrained(tmp_path / "nine")
    with pytest.raises(UsageError, match="another architecture: the UNet takes 9 channels"):
        load_parts(str(tmp_path / "nine"))


def test_conditions_are_lost_in_the_stated_shares_and_never_mixed_up():
    count = 20_000
    latents = Latents(torch.ones(count, 4, 1, 1), torch.full((count, 4, 1, 1), 2.0), torch.ones(count, 1, 1))
    lost = draw(latents, 1000, generator_of(0)).lost
    left = without_conditions(latents, lost, Dropout(text=0.05, image=0.1, both=0.15), torch.zeros(1, 1, 1))
    text, image = left.text[:, 0, 0] == 0, left.source[:, 0, 0, 0] == 0
    shares = [(text & ~image), (~text & image), (text & image)]
    assert [round(float(share.float().mean()), 2) for share in shares] == [0.05, 0.1, 0.15]
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
