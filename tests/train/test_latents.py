"""Training on kept latents: the losses of training on pictures, and what cannot be had of them is refused."""

import json

import pytest

from ieiw.models.diffusion.checkpoints import checkpoints
from ieiw.pipelines.latents.run import encode
from ieiw.train.config import TrainConfig
from ieiw.train.dry_run import dry_run
from ieiw.train.loop import train
from ieiw.triplets.errors import UsageError
from tests.support.builds import build_serially
from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build
from tests.support.tiny_vae import tiny_model

SIZE = 32


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def build(tmp_path_factory, model):
    made = tiny_build(tmp_path_factory.mktemp("build"), Wanted(pictures=8, size=(48, 40)))
    write_cut(made)
    with pytest.MonkeyPatch.context() as patch:
        build_serially(patch)
        encode(f"{made.path}/cuts/all", model, SIZE)
    return made


def config(build, out, start, data=None, **changes):
    data = {"build": str(build.path), "cut": "all", "size": SIZE, "workers": 1, "crop": "centre", "redraw": False} | (
        data or {}
    )
    values = {"out": str(out), "steps": 6, "batch": 5, "device": "cpu", "data": data, "model": {"start": start}}
    reports = {"validate_every": 0, "save_every": 3, "log": 1}
    return TrainConfig.model_validate(values | {"reports": reports, "optimiser": {"rate": 1e-4, "ema": 0.9}} | changes)


def losses(build, out, start, **changes):
    train(config(build, out, start, **changes), lambda line: None)
    return [json.loads(line)["loss"] for line in (out / "losses.jsonl").read_text().splitlines()]


def test_losses_are_those_of_the_pictures(build, model, tmp_path):
    online = losses(build, tmp_path / "pictures", model)
    kept = losses(build, tmp_path / "latents", model, data={"latents": True})
    assert len(kept) == 6 and len(set(kept)) == 6
    assert kept == pytest.approx(online, rel=2e-5)
    pieces = losses(
        build, tmp_path / "pieces", model, data={"latents": True}, optimiser={"rate": 1e-4, "ema": 0.9, "accumulate": 2}
    )
    assert pieces == pytest.approx(kept, rel=1e-5)


def test_a_resumed_run_has_the_same_losses_to_the_last_digit(build, model, tmp_path):
    whole = losses(build, tmp_path / "whole", model, data={"latents": True})
    losses(build, tmp_path / "run", model, data={"latents": True}, steps=3)
    assert checkpoints(tmp_path / "run/checkpoints")
    assert losses(build, tmp_path / "run", model, data={"latents": True}) == whole


def test_another_autoencoder_is_refused_before_a_step(build, tmp_path):
    other = tiny_model(tmp_path / "other", seed=1)
    settings = config(build, tmp_path / "run", other, data={"latents": True})
    for run in (train, dry_run):
        with pytest.raises(UsageError, match="no latents") as caught:
            run(settings, lambda line: None)
        assert caught.value.step.values["model"] == other
    assert not (tmp_path / "run/losses.jsonl").exists()


@pytest.mark.parametrize("data", [{"redraw": True}, {"crop": "random"}])
def test_what_varies_from_epoch_to_epoch_is_refused(build, model, data):
    with pytest.raises(ValueError, match="cannot be drawn again.*Set redraw: false and crop: centre"):
        config(build, "run", model, data={"latents": True} | data)


def test_a_model_from_scratch_has_no_latents(build):
    with pytest.raises(ValueError, match=r"model\.start is required"):
        config(build, "run", None, data={"latents": True})
