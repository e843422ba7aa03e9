"""open_clip's models: published shapes, every spelling of a file, and what is refused."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from ieiw.models.embed import clip
from ieiw.models.embed.common import embed_images
from ieiw.models.roles import EMBED
from ieiw.models.weights import Weights
from ieiw.triplets.errors import UsageError
from tests.support.score_pictures import picture
from tests.support.tiny_clip import CONFIG, clip_folder, tiny_clip

NAMED = [clip.ClipL14, clip.ClipB32, clip.ClipB16, clip.ClipH14]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return clip_folder(tmp_path_factory.mktemp("clip"))


class Tiny(clip.OpenClip):
    """A published model of another size."""

    name = "tiny"
    weights = Weights("tiny", "embed", "tiny.pt", "nowhere", "TINY", "descriptor")
    published = clip.Published("tiny-clip", "none", has_manifest=False)


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    import open_clip

    (tmp_path / "tiny-clip.json").write_text(json.dumps(CONFIG))
    open_clip.add_model_config(tmp_path / "tiny-clip.json")
    monkeypatch.setattr(open_clip, "get_pretrained_cfg", lambda *_: {"quick_gelu": True})
    return Tiny


@pytest.mark.parametrize("model", NAMED, ids=lambda model: model.name)
def test_the_published_file_has_the_tensors_of_the_class(model):
    import open_clip

    with torch.device("meta"):
        made = open_clip.create_model(model.published.architecture, pretrained_text=False, device="meta")
    shapes = {name: list(value.shape) for name, value in made.state_dict().items()}
    assert shapes == json.loads(model.published.manifest())
    assert open_clip.get_model_config(model.published.architecture)["embed_dim"] == made.text_projection.shape[1]


def test_pictures_are_embedded_as_open_clip_itself_does(folder):
    import open_clip
    from PIL import Image

    made = EMBED.make("open-clip", {"weights": str(folder), "device": "cpu"})
    images = [picture(), picture()[:, ::-1].copy()]
    model, _, transform = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    with torch.inference_mode():
        direct = model.eval().encode_image(
            torch.stack([transform(Image.fromarray(each)) for each in images]), normalize=True
        )
        said = model.encode_text(open_clip.get_tokenizer(f"local-dir:{folder}")(["a dog"]), normalize=True)
    assert np.allclose(embed_images(made, images), direct.numpy(), atol=2e-3)
    assert np.allclose(made.texts(["a dog"]), said.numpy(), atol=2e-3)
    assert made.dimension == 32 and made.images([]).shape == (0, 32)


@pytest.mark.parametrize("spelling", ["safetensors", "plain", "wrapped", "parallel", "position ids", "archive"])
def test_every_spelling_of_a_published_file_loads(tiny, tmp_path, spelling):
    state = tiny_clip().state_dict()
    file = tmp_path / ("w.safetensors" if spelling == "safetensors" else "w.pt")
    if spelling == "safetensors":
        save_file(state, file)
    elif spelling == "archive":
        torch.jit.save(torch.jit.script(_Archive(state)), str(file))
    else:
        extra = {"position_ids": torch.arange(77), "visual.position_ids": torch.arange(5)}
        content = {
            "plain": state,
            "wrapped": {"state_dict": state, "epoch": 3},
            "parallel": {"state_dict": {f"module.{name}": value for name, value in state.items()}},
            "position ids": state | extra,
        }[spelling]
        torch.save(content, file)
    one = tiny(str(file), device="cpu")
    assert np.abs(embed_images(one, [picture()])).max() > 0


class _Archive(torch.nn.Module):
    """As OpenAI published: a scripted module whose parameters have the names, beside three numbers."""

    def __init__(self, state):
        super().__init__()
        for name in ("input_resolution", "context_length", "vocab_size"):
            self.register_buffer(name, torch.tensor(1))
        for name, value in state.items():
            here = self
            *way, last = name.split(".")
            for step in way:
                if step not in dict(here.named_children()):
                    here.add_module(step, _Part())
                here = here.get_submodule(step)
            here.register_buffer(last, value)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x


class _Part(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x


@pytest.mark.parametrize("damage", ["missing", "too many", "another shape"])
def test_a_file_of_another_model_is_refused_and_the_tensors_named(tiny, tmp_path, damage):
    state = tiny_clip().state_dict()
    if damage == "missing":
        del state["visual.proj"]
    elif damage == "too many":
        state["visual.extra"] = torch.zeros(3)
    else:
        state["visual.proj"] = torch.zeros(3, 3)
    torch.save(state, tmp_path / "w.pt")
    with pytest.raises(UsageError, match="visual.(proj|extra)"):
        embed_images(tiny(str(tmp_path / "w.pt"), device="cpu"), [picture()])


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 cut short", b"not a checkpoint at all" * 9], ids=["empty", "cut", "text"]
)
@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_a_damaged_file_is_refused_by_name(tiny, tmp_path, content, suffix):
    (tmp_path / f"w{suffix}").write_bytes(content)
    with pytest.raises(UsageError, match=f"w{suffix}"):
        embed_images(tiny(str(tmp_path / f"w{suffix}"), device="cpu"), [picture()])


def test_a_named_model_holds_its_file_against_the_manifest(tmp_path, monkeypatch):
    torch.save(tiny_clip().state_dict(), tmp_path / "w.pt")
    monkeypatch.setattr(clip.OpenClip, "_empty", lambda self: tiny_clip())
    with pytest.raises(UsageError, match="tensors differ"):
        embed_images(clip.ClipB32(str(tmp_path / "w.pt"), device="cpu"), [picture()])


def test_without_weights_the_message_says_where_they_are(monkeypatch, tmp_path):
    monkeypatch.delenv("CLIP_L14", raising=False)
    with pytest.raises(UsageError, match=r"CLIP_L14.*huggingface.*descriptor"):
        EMBED.make("clip-l14", {})
    with pytest.raises(UsageError, match=r"open_clip_config.json.*descriptor"):
        EMBED.make("open-clip", {"weights": str(tmp_path)})
