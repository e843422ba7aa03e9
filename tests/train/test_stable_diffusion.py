"""Stable Diffusion 1.5's own layers at small widths: from the published file through a training into every layout."""

import pytest
import torch
from diffusers import DiffusionPipeline

from ieiw.models.diffusion import ldm
from ieiw.models.diffusion.components import load_parts
from ieiw.train.config import TrainConfig
from ieiw.train.loop import train
from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build
from tests.support.tiny_diffusion import published, tiny_parts, weights


@pytest.mark.parametrize("channels", [4, 8])
def test_a_published_file_is_trained_saved_loaded_and_exported(tmp_path, monkeypatch, channels):
    build = tiny_build(tmp_path / "build", Wanted(pictures=4, size=(64, 64)))
    write_cut(build, validation_groups=0)
    released = tiny_parts(channels)
    torch.save({"state_dict": published(released)}, tmp_path / "start.ckpt")
    settings = {
        "stage": "alignment",
        "out": str(tmp_path / "run"),
        "steps": 2,
        "batch": 2,
        "device": "cpu",
        "data": {"build": str(build.path), "cut": "all", "size": 64, "workers": 1},
        "model": {"start": str(tmp_path / "start.ckpt")},
    }
    saved = str(train(TrainConfig.model_validate(settings), lambda line: None).checkpoint)

    trained, before = weights(load_parts(saved)), weights(released)
    same = {name for name, value in trained.items() if torch.equal(value, before.get(name))}
    assert same == {name for name in before if not name.startswith("unet ")}, "only the network learns, all of it"
    monkeypatch.setattr("diffusers.utils.dynamic_modules_utils.HF_MODULES_CACHE", str(tmp_path / "cache"))
    pipeline = DiffusionPipeline.from_pretrained(saved, custom_pipeline=saved, trust_remote_code=True)
    assert torch.equal(pipeline.unet.conv_in.weight, trained["unet conv_in.weight"])

    parts = load_parts(saved)
    ldm.write_file(tmp_path / "out.ckpt", parts.unet, parts.vae, parts.text)
    back = weights(load_parts(str(tmp_path / "out.ckpt")))
    assert all(torch.equal(value, trained[name]) for name, value in back.items()) and back.keys() == trained.keys()
