"""Checkpoints: whole or not there, the oldest let go, damage told."""

import pytest
import torch

from ieiw.models.diffusion.checkpoints import STATE, checkpoints
from ieiw.train.checkpoint import load_state, save_checkpoint
from ieiw.triplets.errors import UsageError


class Pipeline:
    """Saves a file, or dies at it."""

    def __init__(self, dies=False):
        self._dies = dies

    def save_pretrained(self, folder):
        folder.mkdir()
        (folder / "model_index.json").write_text("{}")
        if self._dies:
            raise OSError("disk full")


def save(folder, step, **options):
    return save_checkpoint(folder, step, Pipeline(**options), {"step": step, "weights": torch.ones(2)}, keep=2)


def test_the_latest_are_kept_and_come_back(tmp_path):
    for step in (1, 2, 30):
        final = save(tmp_path, step)
    assert [path.name for path in checkpoints(tmp_path)] == ["step-00000002", "step-00000030"]
    assert final == checkpoints(tmp_path)[-1]
    state = load_state(final)
    assert state["step"] == 30 and torch.equal(state["weights"], torch.ones(2))


def test_a_failed_save_leaves_nothing_and_what_a_killed_one_left_goes_with_the_next(tmp_path):
    save(tmp_path, 1)
    with pytest.raises(OSError, match="disk full"):
        save(tmp_path, 2, dies=True)
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000001"]
    (tmp_path / ".partial-0").mkdir()
    save(tmp_path, 3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-00000001", "step-00000003"]


def test_damage_is_told_with_the_remedy(tmp_path):
    file = save(tmp_path, 8) / STATE
    file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(UsageError, match=r"train_state\.pt: cannot be read.*Remove the folder step-00000008"):
        load_state(file.parent)


def test_a_state_that_names_code_runs_nothing(tmp_path):
    final = save(tmp_path, 1)
    torch.save({"step": print}, final / STATE)
    with pytest.raises(UsageError, match="cannot be read"):
        load_state(final)
