"""Several processes train one model: real ones, started by torchrun."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ieiw.models.diffusion.checkpoints import checkpoints
from ieiw.train.checkpoint import load_state
from ieiw.train.config import TrainConfig
from ieiw.train.data.dataset import open_cut
from ieiw.train.data.order import Order, SamplingConfig
from ieiw.train.distributed import joined
from ieiw.train.loop import train
from ieiw.triplets.errors import UsageError
from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build

WEIGHT = 0.65
"""Of a source: leaves the last batch of an epoch an odd number of samples."""


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    made = tiny_build(tmp_path_factory.mktemp("build"), Wanted(pictures=12, size=(32, 32)))
    write_cut(made)
    return made


def config(build, out, **changes):
    values = {
        "out": str(out),
        "epochs": 2,
        "batch": 16,
        "device": "cpu",
        "data": {"build": str(build.path), "cut": "all", "size": 32, "workers": 1, "weights": {"shapes": WEIGHT}},
        "model": {"channels": [16, 16], "text_width": 16},
        "optimiser": {"rate": 1e-3, "ema": 0.9},
        "reports": {"validate_every": 3, "save_every": 2, "pictures": 0, "log": 1, "keep": 99},
    }
    return TrainConfig.model_validate(values | changes)


def torchrun(settings, world):
    """A training of several processes, under way."""
    file = settings.out + ".json"
    Path(file).write_text(settings.model_dump_json())
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(world)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [*command, "-m", "ieiw.train", file],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def losses_of(settings):
    """By step."""
    entries = map(json.loads, (Path(settings.out) / "losses.jsonl").read_text().splitlines())
    return {entry["step"]: entry["loss"] for entry in entries if "loss" in entry}


def test_two_processes_train_as_one_does_and_one_goes_on_from_them(build, tmp_path):
    alone, shared = config(build, tmp_path / "alone"), config(build, tmp_path / "shared")
    outcome = train(alone, lambda line: None)
    cut = open_cut(build.store, "all")
    weights = {cut.state.sources.index("shapes"): WEIGHT}
    order = Order(cut.samples, [shard.size for shard in cut.state.shards], SamplingConfig(0, 16, weights))
    assert outcome.steps == 2 * order.batches_per_epoch > 4
    assert len(order.batch(0, order.batches_per_epoch - 1)) % 2, "the last batch is not shared out evenly"
    lines = []
    run = torchrun(shared.model_copy(update={"steps": order.batches_per_epoch + 1, "epochs": None}), 2)
    out, told = run.communicate(timeout=300)
    assert run.returncode == 0, told
    assert out.splitlines() == [str(checkpoints(tmp_path / "shared" / "checkpoints")[-1])]
    assert told.count("  loss") == order.batches_per_epoch + 1, "one of them reports"
    train(shared, lines.append)
    assert any("going on from" in line for line in lines)
    expected, found = losses_of(alone), losses_of(shared)
    assert list(found) == list(expected) == list(range(1, outcome.steps + 1))
    assert found == pytest.approx(expected, rel=1e-5)


def test_a_signal_ends_all_processes_after_the_same_step_saved(build, tmp_path):
    reports = {"log": 1, "validate_every": 0, "save_every": 0}
    run = torchrun(config(build, tmp_path / "run", steps=100_000, epochs=None, reports=reports), 2)
    for line in run.stderr:
        if line.startswith("step 2/"):
            break
    run.terminate()
    told = run.communicate(timeout=300)[1]
    assert run.returncode != 0
    (saved,) = checkpoints(tmp_path / "run" / "checkpoints")
    step = load_state(saved)["step"]
    assert f"stopped by SIGTERM; step {step} is saved" in told, told
    assert max(losses_of(config(build, tmp_path / "run"))) == step


def test_a_batch_that_cannot_be_shared_is_told(build, tmp_path):
    run = torchrun(config(build, tmp_path / "run", batch=5), 2)
    told = run.communicate(timeout=300)[1]
    assert run.returncode != 0 and "batch: 5 is no multiple of the 2 ranks" in told
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"WORLD_SIZE": "2"}, "WORLD_SIZE is 2, but RANK, MASTER_ADDR, MASTER_PORT is not set, .* torchrun"),
        ({"WORLD_SIZE": "2", "RANK": "0", "MASTER_PORT": "1"}, "but MASTER_ADDR is not set"),
        ({"WORLD_SIZE": "two"}, "WORLD_SIZE is 'two', not a number"),
    ],
)
def test_other_processes_without_a_meeting_place_are_refused(monkeypatch, environment, told):
    for name in ("WORLD_SIZE", "RANK", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=told), joined("cpu"):
        pass


def test_a_world_of_one_needs_no_meeting_place(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "1")
    with joined("cpu") as group:
        assert group.first and group.sum_and_most(0.5, 15) == (0.5, 15)
