"""LAION's heads: reference scores of the published embeddings, every published form, and what is refused."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from ieiw.filters.registry import load, make
from ieiw.triplets.errors import UsageError

V1 = {
    "aesthetic-v1-l14": {0: -2.4579, 1: -0.1379, 3: 3.5849, 4: 5.0997, 6: 7.7870, 7: 9.0480, 9: 11.3044},
    "aesthetic-v1-b32": {0: -1.4700, 1: 0.2728, 3: 3.6114, 4: 5.0874, 6: 7.6682, 7: 8.9155, 9: 11.0056},
}
"""w·x + b of LAION's own embeddings of pictures rated so."""
V2 = {"linear": (0, 2, 4, 6, 7), "relu": (0, 3, 6, 9, 11)}
WIDTHS = (768, 1024, 128, 64, 16, 1)


@pytest.fixture(scope="module")
def published():
    if not (folder := os.environ.get("IEIW_REAL_DATA")):
        pytest.skip("IEIW_REAL_DATA is not set: no published heads")
    return Path(folder) / "aesthetic"


@pytest.mark.parametrize("name", V1)
def test_reference_scores(published, name):
    head = make(name, {"weights": str(published / load(name).weights.file)})
    model = "vit_l_14" if name.endswith("l14") else "vit_b_32"
    vectors = np.concatenate([np.load(published / f"{model}_embeddings/rating{each}.npy") for each in V1[name]])
    assert head.of_embeddings(vectors, []) == pytest.approx(list(V1[name].values()), abs=1e-3)


def test_the_published_v2_orders_the_rated_pictures(published):
    head = make("aesthetic-v2", {"weights": str(published / load("aesthetic-v2").weights.file)})
    vectors = np.concatenate([np.load(published / f"vit_l_14_embeddings/rating{each}.npy") for each in (0, 4, 9)])
    scores = head.of_embeddings(vectors, [])
    assert scores[0] < scores[1] < scores[2] and 1 < scores[1] < 8


def v2(form, path):
    """A head of the published form, and the module that it stands for."""
    torch.manual_seed(0)
    layers = [torch.nn.Linear(before, after) for before, after in zip(WIDTHS, WIDTHS[1:], strict=False)]
    numbered = zip(V2[form], layers, strict=True)
    state = {f"layers.{at}.{part}": getattr(layer, part) for at, layer in numbered for part in ("weight", "bias")}
    torch.save(state, path)
    between = torch.nn.ReLU() if form == "relu" else torch.nn.Identity()
    return torch.nn.Sequential(*(step for layer in layers for step in (layer, between)))[:-1]


@pytest.mark.parametrize("form", V2)
def test_both_forms_of_v2_are_computed_as_their_modules_are(tmp_path, form):
    module = v2(form, tmp_path / "head.pth")
    vectors = np.random.default_rng(0).normal(size=(5, 768)).astype(np.float32)
    with torch.inference_mode():
        direct = module(torch.from_numpy(vectors))[:, 0].numpy()
    made = make("aesthetic-v2", {"weights": str(tmp_path / "head.pth")})
    assert made.of_embeddings(vectors, []) == pytest.approx(direct, abs=1e-4)


@pytest.mark.parametrize(
    "state",
    [
        {"weight": torch.zeros(1, 512), "bias": torch.zeros(1)},
        {"weight": torch.zeros(1, 768)},
        {"layers.0.weight": torch.zeros(3, 768), "layers.0.bias": torch.zeros(3), "other.weight": torch.zeros(1)},
        {},
    ],
    ids=["another shape", "no bias", "another module", "empty"],
)
def test_another_file_is_refused_by_name(tmp_path, state):
    torch.save(state, tmp_path / "head.pth")
    with pytest.raises(UsageError, match=r"head.pth: no head on 768 dimensions.*Download"):
        make("aesthetic-v2", {"weights": str(tmp_path / "head.pth")}).of_embeddings(np.zeros((1, 768)), [])


def test_embeddings_of_another_size_are_refused_by_both_names(tmp_path):
    v2("linear", tmp_path / "head.pth")
    made = make("aesthetic-v2", {"weights": str(tmp_path / "head.pth"), "embedder": "clip-b32"})
    with pytest.raises(
        UsageError, match=r"aesthetic-v2: embeddings of clip-b32 have 512.*trained on those of clip-l14"
    ):
        made.of_embeddings(np.zeros((1, 512)), [])


def test_without_weights_the_message_says_where_they_are(monkeypatch):
    monkeypatch.delenv("AESTHETIC_V2", raising=False)
    with pytest.raises(
        UsageError, match=r"score aesthetic-v2: .*AESTHETIC_V2.*improved-aesthetic-predictor.*classical-quality"
    ):
        make("aesthetic-v2")
    with pytest.raises(UsageError, match="no such option.*known: weights, embedder"):
        make("aesthetic-v2", {"weight": "x"})
