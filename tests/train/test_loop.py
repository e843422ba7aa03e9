"""The trainer: killed and resumed as if undisturbed, checkpoints that stock code loads, errors that say what to do."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from ieiw.apps.main import app
from ieiw.models.diffusion.checkpoints import checkpoints
from ieiw.train.checkpoint import load_state
from ieiw.train.config import TrainConfig
from ieiw.train.loop import train
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode, encode_png
from tests.support.cuts import write_cut
from tests.support.processes import hear_ctrl_c
from tests.support.tiny_build import Wanted, tiny_build

TINY = {"channels": [16, 16], "text_width": 16}


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    made = tiny_build(tmp_path_factory.mktemp("build"), Wanted(pictures=12, size=(32, 32)))
    write_cut(made)
    write_cut(made, name="whole", validation_groups=0)
    return made


def config(build, out, **changes):
    values = {
        "out": str(out),
        "steps": 8,
        "batch": 4,
        "device": "cpu",
        "data": {"build": str(build.path), "cut": "all", "size": 32, "workers": 1},
        "model": TINY,
        "optimiser": {"rate": 1e-3, "ema": 0.9},
        "reports": {
            "validate_every": 4,
            "save_every": 3,
            "validation_samples": 4,
            "pictures": 1,
            "picture_steps": 2,
            "log": 2,
        },
    }
    return TrainConfig.model_validate(values | changes)


def losses_of(out):
    return [json.loads(line) for line in (out / "losses.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def undisturbed(build, tmp_path_factory):
    out, lines = tmp_path_factory.mktemp("run") / "run", []
    outcome = train(config(build, out), lines.append)
    return out, outcome, lines


def test_a_resumed_run_has_the_same_losses_to_the_last_digit(build, undisturbed, tmp_path):
    out = tmp_path / "run"
    train(config(build, out, steps=5), lambda line: None)
    (out / "losses.jsonl").open("a").write('{"step": 6, "loss": 1')  # as a killed run leaves it
    for last in checkpoints(out / "checkpoints")[-1:]:
        (last / "train_state.pt").unlink()  # as if killed before step 5 was saved: it goes on from step 3
    two = {"build": str(build.path), "cut": "all", "size": 32, "workers": 2}  # who decodes makes no difference
    outcome = train(config(build, out, data=two), lambda line: None)
    assert losses_of(out) == [
        entry for entry in losses_of(undisturbed[0]) if "loss" in entry or entry["step"] in (0, 4, 8)
    ]
    one, other = (load_state(path) for path in (outcome.checkpoint, undisturbed[1].checkpoint))
    for name in ("unet", "loader", "step"):
        assert (
            str(one[name]) == str(other[name])
            if name != "unet"
            else all(torch.equal(weight, other["unet"][key]) for key, weight in one["unet"].items())
        )
    assert all(
        torch.equal(a, b) for a, b in zip(one["ema"]["shadow_params"], other["ema"]["shadow_params"], strict=True)
    )


def test_a_killed_run_leaves_whole_checkpoints_only(build, undisturbed, tmp_path):
    out, file = tmp_path / "run", tmp_path / "stage.yaml"
    often = {"validate_every": 0, "save_every": 1}
    file.write_text(config(build, out, reports=often).model_dump_json())
    process = subprocess.Popen(
        [sys.executable, "-m", "ieiw.train", str(file)],
        env=os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())},  # sums depend on how they are split
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while len(checkpoints(out / "checkpoints")) < 2:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for checkpoint in checkpoints(out / "checkpoints"):
        load_state(checkpoint)
    train(config(build, out, reports=often), lambda line: None)
    losses = [entry["loss"] for entry in losses_of(out) if "loss" in entry]
    assert losses == [entry["loss"] for entry in losses_of(undisturbed[0]) if "loss" in entry]


def test_stock_code_loads_a_checkpoint_and_edits(undisturbed):
    from diffusers import StableDiffusionInstructPix2PixPipeline
    from PIL import Image

    pipeline = StableDiffusionInstructPix2PixPipeline.from_pretrained(undisturbed[1].checkpoint)
    assert type(pipeline.unet).__name__ == "UNet2DConditionModel" and pipeline.unet.config.in_channels == 8
    made = pipeline(
        "Remove it.", image=Image.new("RGB", (32, 32), "red"), num_inference_steps=2, output_type="np"
    ).images
    assert made.shape == (1, 32, 32, 3) and np.isfinite(made).all()


def test_what_is_told(undisturbed):
    out, outcome, lines = undisturbed
    text = "\n".join(lines)
    assert "samples/s" in text and "data wait" in text and "to go" in text
    assert sorted(outcome.validation) == [0, 4, 8]
    assert list((out / "tensorboard").glob("events*"))
    picture = decode((out / "pictures" / "step-00000008.png").read_bytes()).pixels
    assert picture.shape[1] == 3 * (128 + 4)
    assert not list((out / "checkpoints").glob(".partial*"))
    assert len(checkpoints(out / "checkpoints")) == 3


def test_bad_data_is_told(build, tmp_path):
    data = {"build": str(build.path), "cut": "all", "size": 32}
    with pytest.raises(UsageError, match="batch: 4096 is larger than the data"):
        train(config(build, tmp_path / "a", batch=4096), lambda line: None)
    with pytest.raises(UsageError, match=r"data\.weights: .* has no source 'coco'; it has shapes, tiles-2"):
        train(config(build, tmp_path / "b", data=data | {"weights": {"coco": 2}}), lambda line: None)


def test_damage_that_decodes_ends_the_run(build, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "ieiw.train.data.verify_shards.damage", lambda store, shard, stop: UsageError(f"{shard}: damaged")
    )
    with pytest.raises(UsageError, match=r"shards/.*: damaged"):
        train(config(build, tmp_path / "run"), lambda line: None)


def test_without_a_validation_side_it_says_so(build, tmp_path):
    lines = []
    data = {"build": str(build.path), "cut": "whole", "size": 32, "weights": {"shapes": 0.5}}
    outcome = train(config(build, tmp_path / "run", steps=1, data=data), lines.append)
    assert outcome.validation == {} and any("no validation side" in line for line in lines)


def test_the_command_line_edits_a_picture(undisturbed, tmp_path):
    picture = tmp_path / "in.png"
    picture.write_bytes(encode_png(np.full((40, 60, 3), 90, np.uint8)).data)
    out = tmp_path / "new" / "out.png"
    asked = ["edit", str(picture), "Remove the dog.", "--model", str(undisturbed[0]), "--steps", "2"]
    done = CliRunner().invoke(app, [*asked, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert decode(out.read_bytes()).pixels.shape == (32, 48, 3)
    for wrong, message in (
        (["--out", "out.xyz"], "end it in .png or .jpg"),
        (["--out", str(out)], "no Stable Diffusion pipeline"),
    ):
        asked[4] = str(tmp_path)
        refused = CliRunner().invoke(app, [*asked, *wrong])
        assert isinstance(refused.exception, UsageError) and message in str(refused.exception)


def test_the_command_line_trains(build, tmp_path):
    file = tmp_path / "stage.yaml"
    file.write_text(config(build, tmp_path / "run").model_dump_json())
    done = CliRunner().invoke(app, ["train", str(file), "--set", "steps=1", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["steps"] == 1


def test_training_that_diverges_ends_with_the_remedy(build, tmp_path):
    settings = config(build, tmp_path / "run", optimiser={"rate": 1e30, "clip": 0}, reports={"validate_every": 0})
    with pytest.raises(UsageError, match=r"step [2-8]: the loss is (nan|inf)\. Lower optimiser\.rate"):
        train(settings, lambda line: None)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_a_run_after_the_step_at_hand_saved_and_said(build, tmp_path, number, status):
    out = tmp_path / "run"
    file = tmp_path / "stage.yaml"
    reports = {"log": 1, "validate_every": 0, "save_every": 0}
    file.write_text(json.dumps(config(build, out, steps=100_000, reports=reports).model_dump(mode="json")))
    run = subprocess.Popen(
        [sys.executable, "-m", "ieiw.apps.main", "train", file],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_ctrl_c,
    )
    for line in run.stderr:
        if line.startswith("step 2/"):
            break
    os.killpg(run.pid, number)  # to the decoding processes as well, as Slurm and a terminal do
    rest = run.stderr.read()
    assert run.wait() == status, rest
    (last,) = checkpoints(out / "checkpoints")
    step = load_state(last)["step"]
    assert f"stopped by {number.name}; step {step} is saved" in rest
    assert "Traceback" not in rest
    assert losses_of(out)[-1]["step"] == step
    lines = []
    train(config(build, out, steps=step + 1, reports=reports), lines.append)
    assert f"going on from {last}, step {step}" in lines


def test_a_checkpoint_without_room_leaves_nothing_and_the_run_goes_on_to_the_next(build, tmp_path, monkeypatch):
    save, calls = torch.save, []

    def full_at_first(state, path):
        calls.append(path)
        if len(calls) == 1:
            path.write_bytes(b"half")
            raise RuntimeError("PytorchStreamWriter failed writing file data/0")
        save(state, path)

    monkeypatch.setattr(torch, "save", full_at_first)
    out, lines = tmp_path / "run", []
    outcome = train(config(build, out, steps=4, reports={"validate_every": 0, "save_every": 2, "log": 1}), lines.append)
    assert [path.name for path in (out / "checkpoints").iterdir()] == ["step-00000004"] == [outcome.checkpoint.name]
    assert [line for line in lines if "step-00000002" in line and "Training goes on" in line]


def test_a_last_checkpoint_without_room_is_an_error_that_names_it_and_keeps_the_one_before(
    build, tmp_path, monkeypatch
):
    out, reports = tmp_path / "run", {"validate_every": 0, "save_every": 2, "log": 1}
    train(config(build, out, steps=2, reports=reports), lambda line: None)

    def full(state, path):
        raise RuntimeError("PytorchStreamWriter failed writing file data/0")

    monkeypatch.setattr(torch, "save", full)
    monkeypatch.setattr("ieiw.train.checkpoint._ROOM", 1 << 62)
    with pytest.raises(OSError, match="No space left on device") as caught:
        train(config(build, out, steps=4, reports=reports), lambda line: None)
    assert caught.value.filename.endswith("step-00000004")
    assert [path.name for path in (out / "checkpoints").iterdir()] == ["step-00000002"]
