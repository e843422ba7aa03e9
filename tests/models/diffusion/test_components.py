"""The small model: real classes, the real tokenizer, and arithmetic that must hold exactly."""

import numpy as np
import open_clip
import pytest
import torch
from safetensors.torch import load_file, save_file

from ieiw.models.diffusion.components import load_parts, small_parts, widened
from ieiw.models.diffusion.settings import Model
from ieiw.models.diffusion.tokenizer import clip_tokenizer
from ieiw.triplets.errors import UsageError
from tests.support.tiny_diffusion import tiny_parts, weights


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
    with pytest.raises(UsageError, match=r"nowhere: .*\(no such folder or file\)"):
        load_parts(str(tmp_path / "nowhere"))
    from diffusers import UNet2DConditionModel

    nine = UNet2DConditionModel.from_config({**parts.unet.config, "in_channels": 9})
    parts.pipeline(nine).save_pretrained(tmp_path / "nine")
    with pytest.raises(UsageError, match="another architecture: the UNet takes 9 channels"):
        load_parts(str(tmp_path / "nine"))


@pytest.fixture
def folder(tmp_path):
    """A Stable Diffusion of small widths as diffusers saves it."""
    parts = tiny_parts(channels=4)
    parts.save_pretrained(tmp_path / "sd")
    return tmp_path / "sd", parts


def old_attention(name):
    for now, before in (("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn")):
        name = name.replace(f"mid_block.attentions.0.{now}.", f"mid_block.attentions.0.{before}.")
    return name


@pytest.mark.parametrize("spelling", ["as saved", "bin", "position ids", "transformers 4", "old attention"])
def test_every_spelling_of_a_folder_loads(folder, spelling):
    path, parts = folder
    vae, text = path / "vae" / "diffusion_pytorch_model.safetensors", path / "text_encoder" / "model.safetensors"
    if spelling == "bin":
        for file, name in ((vae, "diffusion_pytorch_model.bin"), (text, "pytorch_model.bin")):
            torch.save(load_file(file), file.with_name(name))
            file.unlink()
    elif spelling == "old attention":
        save_file({old_attention(name): value for name, value in load_file(vae).items()}, vae)
        assert "encoder.mid_block.attentions.0.proj_attn.weight" in load_file(vae)
    elif spelling != "as saved":
        state = {f"text_model.{name.removeprefix('text_model.')}": value for name, value in load_file(text).items()}
        if spelling == "position ids":
            state["text_model.embeddings.position_ids"] = torch.arange(77)[None]
        save_file(state, text, metadata={"format": "pt"})
    loaded, before = weights(load_parts(str(path))), weights(parts)
    assert loaded.keys() == before.keys()
    assert all(torch.equal(value, before[name]) for name, value in loaded.items() if name != "unet conv_in.weight")


@pytest.mark.parametrize(("part", "file"), [("unet", "diffusion_pytorch_model"), ("text_encoder", "model")])
def test_a_folder_without_one_of_its_weights_is_refused(folder, part, file):
    weights_file = folder[0] / part / f"{file}.safetensors"
    state = load_file(weights_file)
    gone = sorted(state)[0]
    save_file({name: value for name, value in state.items() if name != gone}, weights_file, metadata={"format": "pt"})
    with pytest.raises(UsageError, match=f"{part}: 1 weights are missing, .*{gone}"):
        load_parts(str(folder[0]))
