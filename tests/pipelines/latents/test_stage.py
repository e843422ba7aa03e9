"""Encoding keeps what every stage must keep."""

import pytest

from ieiw.models.diffusion.posterior import vae_digest
from ieiw.pipelines.latents.stage import LatentStage
from ieiw.triplets.layout.cut_index import map_index
from ieiw.triplets.layout.latents import latent_units
from tests.support.cuts import write_cut
from tests.support.stage_case import StageCase
from tests.support.tiny_build import Wanted, tiny_build
from tests.support.tiny_vae import tiny_model, tiny_vae


class TestLatentStage(StageCase):
    stage = LatentStage(model="model", vae=vae_digest(tiny_vae()), size=16, side=8, twins=True, batch=3, device="cpu")

    @pytest.fixture(autouse=True)
    def model(self, tmp_path, monkeypatch):
        tiny_model(tmp_path / "model", size=16)
        monkeypatch.setattr(self, "stage", self.stage.model_copy(update={"model": str(tmp_path / "model")}))

    def units(self, folder):
        tiny = tiny_build(folder, Wanted(pictures=6, sources=("shapes",)))
        state = write_cut(tiny)
        return tiny.store, [unit.ref for unit in latent_units(state, map_index(tiny.store, state, "train"))]
