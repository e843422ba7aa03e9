"""Single files of published weights: their shapes, every spelling, there and back bit by bit, and what is refused."""

import gzip
import importlib
import json
import sys
from importlib.resources import files

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextModel

from ieiw.models.diffusion import ldm
from ieiw.models.diffusion.components import load_parts
from ieiw.triplets.errors import UsageError
from tests.support.tiny_diffusion import published, tiny_parts, weights


@pytest.fixture(scope="module")
def parts():
    return tiny_parts(channels=8)


def manifest(name):
    return json.loads(gzip.decompress(files("ieiw.models").joinpath(f"manifests/{name}.json.gz").read_bytes()))


def shapes(module):
    return {name: list(value.shape) for name, value in module.state_dict().items()}


def test_the_published_file_makes_the_published_models():
    original = manifest("sd15-original-ckpt")
    with torch.device("meta"):
        found = {
            part: {ours: ldm._as_ours(part, theirs, torch.empty(original[theirs])) for theirs, ours in table.items()}
            for part, table in ldm.names().items()
        }
        unet = UNet2DConditionModel(**ldm.unet_config(found["unet"]))
        vae = AutoencoderKL(**ldm.vae_config(found["vae"]))
        text = CLIPTextModel(ldm.text_config(found["text"]))
    assert shapes(unet) == manifest("sd15-unet")
    assert shapes(vae) == manifest("sd15-vae")
    assert shapes(text) == {name: list(value.shape) for name, value in found["text"].items()}
    assert sum(value.numel() for module in (unet, vae, text) for value in module.state_dict().values()) == 1_066_235_307
    assert (unet.config.attention_head_dim, text.config.num_attention_heads, text.config.hidden_act) == (
        8,
        12,
        "quick_gelu",
    )


@pytest.mark.parametrize("spelling", ["wrapped", "plain", "safetensors", "with Lightning's callback"])
def test_every_spelling_of_the_single_file_loads(parts, tmp_path, monkeypatch, spelling):
    state, file = published(parts), tmp_path / "model.ckpt"
    if spelling == "safetensors":
        file = file.with_suffix(".safetensors")
        save_file(state, file)
    elif spelling == "with Lightning's callback":
        package = tmp_path / "pytorch_lightning" / "callbacks"
        package.mkdir(parents=True)
        (package / "model_checkpoint.py").write_text("class ModelCheckpoint:\n    pass\n")
        monkeypatch.syspath_prepend(tmp_path)
        callback = importlib.import_module("pytorch_lightning.callbacks.model_checkpoint").ModelCheckpoint
        torch.save({"state_dict": state, "callbacks": {callback: {"best": 1.0}}}, file)
        for name in [name for name in sys.modules if name.startswith("pytorch_lightning")]:
            monkeypatch.delitem(sys.modules, name)
    else:
        torch.save({"state_dict": state} if spelling == "wrapped" else state, file)
    loaded, before = weights(load_parts(str(file))), weights(parts)
    assert loaded.keys() == before.keys()
    assert all(torch.equal(value, before[name]) for name, value in loaded.items())


@pytest.mark.parametrize("suffix", [".ckpt", ".safetensors"])
def test_a_file_goes_there_and_back_bit_by_bit(parts, tmp_path, suffix):
    state = published(parts)
    torch.save({"state_dict": state}, tmp_path / "in.ckpt")
    unet, vae, text, _ = ldm.read_file(tmp_path / "in.ckpt")
    out = tmp_path / f"out{suffix}"
    ldm.write_file(out, unet, vae, text)
    written = load_file(out) if suffix == ".safetensors" else torch.load(out, weights_only=True)["state_dict"]
    assert len(written) == 686 + 248 + 196
    assert all(torch.equal(value, state[name]) and value.dtype == torch.float32 for name, value in written.items())
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["in.ckpt", out.name]


def test_a_text_to_image_file_is_widened_by_zeros_and_keeps_its_bias(tmp_path):
    narrow = tiny_parts(channels=4)
    torch.save(published(narrow), tmp_path / "v1-5.ckpt")
    wide = load_parts(str(tmp_path / "v1-5.ckpt")).unet
    assert torch.equal(wide.conv_in.weight[:, :4], narrow.unet.conv_in.weight)
    assert not wide.conv_in.weight[:, 4:].any() and torch.equal(wide.conv_in.bias, narrow.unet.conv_in.bias)


@pytest.mark.parametrize("defect", ["missing", "too many", "shape"])
def test_another_architecture_is_refused_by_the_names_of_its_tensors(parts, tmp_path, defect):
    state, name = published(parts), "model.diffusion_model.time_embed.0.weight"
    if defect == "missing":
        del state[name]
    elif defect == "too many":
        name = "model.diffusion_model.label_emb.weight"
        state[name] = torch.ones(1)
    else:
        state[name] = torch.ones(3, 3)
    torch.save(state, tmp_path / "other.ckpt")
    with pytest.raises(UsageError, match=f"1 tensors are missing, too many or of another shape, such as {name}"):
        load_parts(str(tmp_path / "other.ckpt"))


def test_a_file_that_is_none_is_told(tmp_path):
    (tmp_path / "a.ckpt").write_bytes(b"nothing")
    with pytest.raises(UsageError, match=r"a\.ckpt: no weights that can be read"):
        load_parts(str(tmp_path / "a.ckpt"))


def test_a_model_of_other_layers_is_not_written(parts, tmp_path):
    with pytest.raises(UsageError, match="the model's unet has other layers than Stable Diffusion 1.5"):
        ldm.write_file(tmp_path / "out.ckpt", torch.nn.Linear(2, 2), parts.vae, parts.text)
    assert list(tmp_path.iterdir()) == []
