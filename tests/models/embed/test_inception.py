"""Inception by torch-fidelity: its own features, from a file of its class and of no other."""

import io

import numpy as np
import pytest
import torch

from ieiw.models.embed.common import embed_images
from ieiw.models.roles import EMBED
from ieiw.models.torchvision_operators import declare_operators_on_import
from ieiw.triplets.errors import UsageError
from tests.support.score_pictures import picture

declare_operators_on_import()
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3  # noqa: E402


class Blank(FeatureExtractorInceptionV3):
    """Without weights."""

    def load_state_dict(self, state):
        """Nothing to load."""


def blank():
    nothing = io.BytesIO()
    torch.save({}, nothing)
    nothing.seek(0)
    return Blank("blank", ["2048"], feature_extractor_weights_path=nothing)


@pytest.fixture(scope="module")
def direct():
    """The class itself, with random weights, always the same ones."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = blank()
        for weight in model.parameters():
            if weight.dim() == 4:  # so that signals neither fade nor grow
                torch.nn.init.kaiming_normal_(weight, nonlinearity="relu")
    return model.eval()


@pytest.fixture(scope="module")
def file(direct, tmp_path_factory):
    """As it is published: without the counts of batches, which are of a later torch."""
    path = tmp_path_factory.mktemp("inception") / "pt_inception.pth"
    torch.save({name: value for name, value in direct.state_dict().items() if "num_batches" not in name}, path)
    return path


def test_pictures_are_embedded_as_the_class_itself_does(direct, file):
    made = EMBED.make("inception", {"weights": str(file), "device": "cpu", "batch": 2})
    images = [picture(), picture()[:, ::-1].copy(), np.random.default_rng(0).integers(0, 255, (40, 31, 3), np.uint8)]
    wanted = [direct(torch.from_numpy(each.transpose(2, 0, 1).copy())[None])[0][0].numpy() for each in images]
    wanted = np.stack([each / np.linalg.norm(each) for each in wanted])
    found = embed_images(made, images)
    assert (found.dtype, found.shape) == (np.float16, (3, made.dimension))
    assert ((found.astype(np.float32) * wanted).sum(1) > 0.9999).all()  # pixels are rounded after they were sized
    assert made.images([]).shape == (0, 2048)
    with pytest.raises(ValueError, match="pictures alone"):
        made.texts(["a dog"])


def test_the_class_has_the_layers_of_the_published_one():
    with torch.device("meta"):
        shapes = {name: tuple(value.shape) for name, value in blank().state_dict().items()}
    shapes = {name: shape for name, shape in shapes.items() if "num_batches" not in name}
    assert len(shapes) == 94 * 5 + 2  # 94 convolutions, each with its normalisation; the classes
    assert shapes["Conv2d_1a_3x3.conv.weight"] == (32, 3, 3, 3)
    assert shapes["Mixed_7c.branch_pool.conv.weight"] == (192, 2048, 1, 1)
    assert shapes["fc.weight"] == (1008, 2048)


@pytest.mark.parametrize("damage", ["missing", "another shape", "no tensors", "cut off"])
def test_another_file_is_refused(file, tmp_path, damage):
    state, other = torch.load(file, weights_only=True), tmp_path / "other.pth"
    if damage == "missing":
        state.pop("fc.bias")
    elif damage == "another shape":
        state["fc.bias"] = torch.zeros(1000)
    torch.save({"a": 1} if damage == "no tensors" else state, other)
    if damage == "cut off":
        other.write_bytes(other.read_bytes()[:-1000])
    with pytest.raises(UsageError, match=r"fc\.bias|no tensors|no weights") as caught:
        embed_images(EMBED.make("inception", {"weights": str(other), "device": "cpu"}), [picture()])
    assert str(other) in str(caught.value)


def test_without_weights_it_says_where_to_get_them(monkeypatch):
    monkeypatch.delenv("INCEPTION", raising=False)
    with pytest.raises(UsageError, match=r"pt_inception-2015-12-05-6726825d\.pth"):
        EMBED.make("inception", {})
