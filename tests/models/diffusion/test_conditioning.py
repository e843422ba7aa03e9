"""Schemes: stored in a model's folder, each with its formula of guidance, in diffusers' own hands."""

import numpy as np
import pytest
import torch
from diffusers import DiffusionPipeline, StableDiffusionInstructPix2PixPipeline
from PIL import Image

from ieiw.models.diffusion.components import load_parts, small_parts
from ieiw.models.diffusion.conditioning import FILE, read_scheme
from ieiw.models.diffusion.settings import Model
from ieiw.triplets.errors import UsageError

SIZE = 16


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A model saved under each scheme, and under none."""
    torch.manual_seed(0)
    parts = small_parts(Model(channels=(16, 16), text_width=16), SIZE)
    folders = {}
    for scheme in ("instructdiffusion", "instructpix2pix", None):
        parts.scheme, folders[scheme] = scheme, tmp_path_factory.mktemp("model") / str(scheme)
        parts.save_pretrained(folders[scheme])
    return folders


def guided(pipeline, **scales):
    """The pipeline's prediction at its first step, and the network's outputs: all conditions, none of text, of picture, of both."""
    pipeline.set_progress_bar_config(disable=True)
    latents = torch.randn(1, 4, SIZE, SIZE, generator=torch.Generator().manual_seed(1))
    picture, seen = Image.fromarray(np.arange(SIZE * SIZE * 3, dtype=np.uint8).reshape(SIZE, SIZE, 3)), []
    step = pipeline.scheduler.step

    def watched(noise, time, sample, **options):
        seen.append((noise, time, sample))
        return step(noise, time, sample, **options)

    pipeline.scheduler.step = watched
    pipeline("Remove the dog.", image=picture, num_inference_steps=1, latents=latents, output_type="latent", **scales)
    noise, time, sample = seen[0]
    with torch.no_grad():
        text, nothing = (
            pipeline.text_encoder(
                pipeline.tokenizer(sentence, padding="max_length", max_length=77, return_tensors="pt").input_ids
            )[0]
            for sentence in ("Remove the dog.", "")
        )
        source = pipeline.vae.encode(pipeline.image_processor.preprocess(picture)).latent_dist.mode()
        none = torch.zeros_like(source)
        outputs = [
            pipeline.unet(torch.cat([sample, image], 1), time, words).sample
            for image, words in ((source, text), (source, nothing), (none, text), (none, nothing))
        ]
    return noise, outputs


@pytest.mark.parametrize(("text_scale", "image_scale"), [(5.0, 1.25), (6.0, 0.5), (1.0, 1.0), (0.5, 0.5), (2.0, 0.0)])
def test_instructdiffusions_formula_in_diffusers_own_hands(folders, tmp_path, monkeypatch, text_scale, image_scale):
    folder = str(folders["instructdiffusion"])
    monkeypatch.setattr("diffusers.utils.dynamic_modules_utils.HF_MODULES_CACHE", str(tmp_path))
    pipeline = DiffusionPipeline.from_pretrained(folder, custom_pipeline=folder, trust_remote_code=True)
    found, (both, image, text, _) = guided(pipeline, guidance_scale=text_scale, image_guidance_scale=image_scale)
    expected = (image + text) / 2 + text_scale * (both - image) + image_scale * (both - text)
    assert torch.allclose(found, expected, atol=1e-5)
    assert (image - text).abs().max() > 1e-3, "the branches differ"


def test_instructpix2pixs_formula_is_the_stock_pipelines(folders):
    pipeline = StableDiffusionInstructPix2PixPipeline.from_pretrained(folders["instructpix2pix"])
    found, (both, image, _, none) = guided(pipeline, guidance_scale=7.5, image_guidance_scale=1.5)
    assert torch.allclose(found, none + 1.5 * (image - none) + 7.5 * (both - image), atol=1e-5)


def test_a_folder_keeps_its_scheme_and_diffusers_cannot_take_the_wrong_guidance_unasked(folders):
    for scheme, folder in folders.items():
        parts = load_parts(str(folder))
        assert parts.scheme == read_scheme(folder) == scheme
        name = (
            "InstructDiffusionPipeline" if scheme == "instructdiffusion" else "StableDiffusionInstructPix2PixPipeline"
        )
        assert type(parts.pipeline()).__name__ == name
        assert (folder / "pipeline.py").exists() == (scheme == "instructdiffusion")
    with pytest.raises(AttributeError, match="InstructDiffusionPipeline"):
        DiffusionPipeline.from_pretrained(folders["instructdiffusion"])


@pytest.mark.parametrize(
    ("text", "told"),
    [('{"dropout": "half"}', "dropout is 'half'; known here: instructdiffusion, instructpix2pix"), ("[", "damaged")],
)
def test_a_scheme_that_is_none_is_told(tmp_path, text, told):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(UsageError, match=told):
        read_scheme(tmp_path)
