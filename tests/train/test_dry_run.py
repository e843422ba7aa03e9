"""A dry run: what it says is what the run does, and it leaves nothing."""

import json
from collections import Counter

import pytest
import torch
from typer.testing import CliRunner

from ieiw.apps.main import app
from ieiw.train.config import TrainConfig
from ieiw.train.data.augment import Augmentation
from ieiw.train.data.dataset import open_cut
from ieiw.train.data.loader import Loader
from ieiw.train.data.order import SamplingConfig
from ieiw.train.dry_run import dry_run, kept_bytes
from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    made = tiny_build(tmp_path_factory.mktemp("build"), Wanted(pictures=12, size=(32, 32)))
    write_cut(made)
    return made


def config(build, out, **changes):
    values = {
        "out": str(out),
        "epochs": 3,
        "batch": 8,
        "data": {"build": str(build.path), "cut": "all", "size": 32, "weights": {"shapes": 0.25}},
        "model": {"channels": [16, 16], "text_width": 16},
    }
    return TrainConfig.model_validate(values | changes)


def test_the_mixture_is_that_of_the_first_epochs_batches(build, tmp_path):
    run, cut = dry_run(config(build, tmp_path / "run"), lambda line: None), open_cut(build.store, "all")
    weights = {cut.state.sources.index("shapes"): 0.25}
    loader, seen = Loader(cut, SamplingConfig(0, 8, weights), Augmentation(32), workers=1), Counter()
    for _ in range(run.steps_per_epoch):
        batch = next(loader)
        assert batch.epoch == 0
        seen.update(cut.state.sources[source] for source in cut.samples["source"][batch.rows])
    assert next(loader).epoch == 1
    loader.close()
    assert run.mixture == seen and sum(seen.values()) == run.samples_per_epoch
    assert run.steps == 3 * run.steps_per_epoch
    assert not (tmp_path / "run").exists()


def test_memory_counts_learned_weights_five_times_and_samples_at_once(build, tmp_path):
    run = dry_run(config(build, tmp_path), lambda line: None)
    unet, others = run.parameters["unet"], run.parameters["vae"] + run.parameters["text encoder"]
    assert run.state_bytes == 20 * unet + 4 * others
    assert run.memory_bytes == run.state_bytes + 8 * run.sample_bytes
    halved = dry_run(config(build, tmp_path, optimiser={"accumulate": 2}), lambda line: None)
    assert halved.memory_bytes == run.state_bytes + 4 * run.sample_bytes


def test_what_a_network_keeps_for_its_gradients():
    layers = [torch.nn.Linear(4, 8), torch.nn.SiLU(), torch.nn.Linear(8, 2)]
    network = torch.nn.Sequential(*layers).to("meta")
    assert kept_bytes(network, torch.empty(3, 4, device="meta")) == 4 * 3 * (4 + 8 + 8)


def test_attention_keeps_no_matrix_of_every_head():
    class Attention(torch.nn.Module):
        def forward(self, tokens):
            return torch.nn.functional.scaled_dot_product_attention(tokens, tokens * 2, tokens * 3)

    tokens = torch.empty(1, 2, 1000, 4, device="meta", requires_grad=True)
    assert kept_bytes(Attention(), tokens) == 4 * tokens.numel() * 4  # queries, keys, values, result


def test_the_command_line_tells_it(build, tmp_path):
    file = tmp_path / "stage.yaml"
    file.write_text(config(build, tmp_path / "run").model_dump_json())
    told = CliRunner().invoke(app, ["train", str(file), "--dry-run"])
    assert told.exit_code == 0, told.output
    for part in ("parameters: unet ", "memory of one process: ", " steps of 8: 3.0 epochs of ", "samples an epoch"):
        assert part in told.output
    as_json = CliRunner().invoke(app, ["train", str(file), "--dry-run", "--json"])
    assert json.loads(as_json.stdout)["mixture"].keys() == {"shapes", "tiles-2"}
    assert not (tmp_path / "run").exists()
