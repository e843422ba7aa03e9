"""Kandinsky's inpainting decoder on tiny networks of the published classes."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from ieiw.models.paint.kandinsky import Kandinsky
from ieiw.models.roles import PAINT
from ieiw.models.torchvision_operators import declare_operators_on_import
from ieiw.triplets.errors import UsageError
from tests.support.references import reference_job

declare_operators_on_import()

UNET = {
    "in_channels": 9,
    "out_channels": 8,
    "block_out_channels": (32, 64),
    "layers_per_block": 1,
    "down_block_types": ("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
    "mid_block_type": "UNetMidBlock2DSimpleCrossAttn",
    "up_block_types": ("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
    "encoder_hid_dim": 32,
    "encoder_hid_dim_type": "image_proj",
    "cross_attention_dim": 32,
    "addition_embed_type": "image",
    "resnet_time_scale_shift": "scale_shift",
    "attention_head_dim": 8,
}
MOVQ = {
    "block_out_channels": (32, 64),
    "down_block_types": ("DownEncoderBlock2D", "AttnDownEncoderBlock2D"),
    "up_block_types": ("AttnUpDecoderBlock2D", "UpDecoderBlock2D"),
    "latent_channels": 4,
    "num_vq_embeddings": 12,
    "vq_embed_dim": 4,
    "norm_type": "spatial",
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    from diffusers import DDPMScheduler, UNet2DConditionModel, VQModel
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        parts = {
            "unet": UNet2DConditionModel(**UNET),
            "movq": VQModel(**MOVQ),
            "image_encoder": CLIPVisionModelWithProjection(
                CLIPVisionConfig(**sizes, image_size=28, patch_size=14, projection_dim=32)
            ),
        }
    folder = tmp_path_factory.mktemp("kandinsky")
    for name, part in parts.items():
        part.save_pretrained(folder / name)
    DDPMScheduler(variance_type="learned_range", beta_schedule="linear").save_pretrained(folder / "scheduler")
    return folder


@pytest.fixture
def painter(saved, monkeypatch):
    monkeypatch.setattr(Kandinsky, "side", 64)
    return PAINT.make("kandinsky", {"weights": str(saved), "steps": 2, "device": "cpu"})


def test_jobs_come_out_alike_alone_and_beside_others(painter):
    first = reference_job(size=64, hole=(8, 48, 16, 48))
    second = replace(first, picture=255 - first.picture)
    together = painter.paint([first, second], [1, 2])
    assert all(each.shape == (64, 64, 3) and each.dtype == np.uint8 and each.std() > 1 for each in together)
    assert np.array_equal(painter.paint([second], [2])[0], together[1])
    assert not np.array_equal(painter.paint([second], [3])[0], together[1])


def test_the_reference_counts(painter):
    job = reference_job(size=64, hole=(8, 48, 16, 48))
    other = replace(job, reference=255 - job.reference)
    assert not np.array_equal(*painter.paint([job, other], [1, 1]))


def test_what_is_no_inpainting_decoder_is_refused(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(Kandinsky, "side", 64)
    import shutil

    job = reference_job(size=64, hole=(8, 48, 16, 48))
    for change, message in (
        ({"in_channels": 4}, "not the decoder for inpainting"),
        ({"block_out_channels": (32, 96)}, "unet: config.json is that of another model"),
    ):
        folder = tmp_path / str(len(message))
        shutil.copytree(saved, folder)
        (folder / "unet" / "config.json").write_text(json.dumps(UNET | change))
        with pytest.raises(UsageError, match=message):
            PAINT.make("kandinsky", {"weights": str(folder), "device": "cpu"}).paint([job], [0])
    shutil.rmtree(folder / "image_encoder")
    with pytest.raises(UsageError, match="image_encoder.*kandinsky-2-2-prior"):
        PAINT.make("kandinsky", {"weights": str(folder), "device": "cpu"}).describe()


def test_the_fingerprint_carries_weights_and_sampling(painter):
    described = painter.describe()
    assert len(described.pop("weights_sha256")) == 64
    assert described == {"steps": "2", "guidance": "4", "device": "cpu", "dtype": "float32"}
