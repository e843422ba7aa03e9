"""The small model: real classes, the real tokenizer, and arithmetic that must hold exactly."""

import numpy as np
import open_clip
import pytest
import torch

from ieiw.models.diffusion.components import clip_tokenizer, load_parts, small_parts, widened
from ieiw.models.diffusion.settings import Model
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
