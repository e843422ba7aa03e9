"""The state of training: begun, saved and gone on with; other settings and other architectures refused."""

from types import SimpleNamespace

import pytest
import torch

from ieiw.models.diffusion.checkpoints import checkpoints
from ieiw.models.diffusion.components import load_parts
from ieiw.train.checkpoint import load_state
from ieiw.train.config import TrainConfig
from ieiw.train.training_state import open_state
from ieiw.triplets.errors import UsageError

LOADER = SimpleNamespace(state_dict=lambda: {"epoch": 1, "batch": 2})


def config(out, **changes):
    values = {
        "out": str(out),
        "steps": 8,
        "batch": 4,
        "device": "cpu",
        "data": {"build": "b", "cut": "c", "size": 32},
        "model": {"channels": [16, 16], "text_width": 16},
        "optimiser": {"rate": 1e-3, "ema": 0.5},
    }
    return TrainConfig.model_validate(values | changes)


def opened(settings):
    lines = []
    return open_state(settings, torch.device("cpu"), lines.append), lines


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A state after a step, saved."""
    out = tmp_path_factory.mktemp("run")
    state, lines = opened(config(out))
    assert "from scratch" in lines[0] and (state.step, state.loader) == (0, None)
    state.ema.step(state.parts.unet.parameters())
    with torch.no_grad():
        for weight in state.parts.unet.parameters():
            weight.add_(1.0)
    state.step = 3
    state.save(config(out), LOADER)
    return out, state


def test_it_goes_on_where_it_was_saved(saved):
    out, state = saved
    resumed, lines = opened(config(out, steps=9, data={"build": "moved", "cut": "c", "size": 32, "workers": 1}))
    assert "step 3" in lines[0] and (resumed.step, resumed.loader) == (3, LOADER.state_dict())
    for one, other in zip(resumed.parts.unet.parameters(), state.parts.unet.parameters(), strict=True):
        assert torch.equal(one, other)
    for one, other in zip(resumed.ema.shadow_params, state.ema.shadow_params, strict=True):
        assert torch.equal(one, other)


def test_the_pipeline_has_the_average_and_the_state_the_raw_weights(saved):
    out, state = saved
    (checkpoint,) = checkpoints(out / "checkpoints")
    average = list(load_parts(str(checkpoint)).unet.parameters())
    assert all(torch.allclose(one, other) for one, other in zip(average, state.ema.shadow_params, strict=True))
    raw = load_state(checkpoint)["unet"]
    assert all(torch.equal(raw[name], weight) for name, weight in state.parts.unet.state_dict().items())
    assert any(
        not torch.allclose(one, other) for one, other in zip(average, state.parts.unet.parameters(), strict=True)
    )


def test_another_run_starts_from_it(saved, tmp_path):
    (checkpoint,) = checkpoints(saved[0] / "checkpoints")
    state, lines = opened(config(tmp_path, model={"start": str(checkpoint)}))
    assert "starting from" in lines[0] and state.step == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"model": {"channels": [16, 32], "text_width": 16}},
            r"another architecture: model\.channels was \(16, 16\), now it is \(16, 32\)",
        ),
        ({"seed": 1}, "other settings: seed was 0, now it is 1"),
        ({"optimiser": {"rate": 1e-4, "ema": 0.5}}, r"other settings: optimiser\.rate was 0\.001, now it is 0\.0001"),
    ],
)
def test_a_checkpoint_of_other_settings_is_refused(saved, changes, message):
    with pytest.raises(UsageError, match=message):
        opened(config(saved[0], **changes))


def test_a_checkpoint_of_another_architecture_is_refused(saved, tmp_path):
    other = torch.nn.Linear(2, 2)
    values = load_state(checkpoints(saved[0] / "checkpoints")[0]) | {"unet": other.state_dict()}
    import shutil

    shutil.copytree(saved[0], tmp_path / "run")
    torch.save(values, checkpoints(tmp_path / "run" / "checkpoints")[0] / "train_state.pt")
    with pytest.raises(UsageError, match="weights of another architecture"):
        opened(config(tmp_path / "run"))
