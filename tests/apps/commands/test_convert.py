"""Models in both layouts by the command line."""

import pytest
import torch
from typer.testing import CliRunner

from ieiw.apps.main import app
from ieiw.triplets.errors import UsageError
from tests.support.tiny_diffusion import published, tiny_parts


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A file as InstructDiffusion releases it, at small widths."""
    file = tmp_path_factory.mktemp("released") / "adaption-task.ckpt"
    torch.save({"state_dict": published(tiny_parts(channels=8))}, file)
    return file


def converted(*arguments):
    done = CliRunner().invoke(app, ["convert", *map(str, arguments)])
    if isinstance(done.exception, UsageError):
        raise done.exception
    assert done.exit_code == 0, done.output


def test_a_release_becomes_a_folder_and_comes_back_bit_by_bit(released, tmp_path):
    converted(released, "--out", tmp_path / "folder")
    converted(tmp_path / "folder", "--out", tmp_path / "back.ckpt")
    before = torch.load(released, weights_only=True)["state_dict"]
    after = torch.load(tmp_path / "back.ckpt", weights_only=True)["state_dict"]
    assert len(after) == 1130 and all(torch.equal(value, before[name]) for name, value in after.items())


def test_nothing_is_written_over(released):
    with pytest.raises(UsageError, match="exists. Give a new name"):
        converted(released, "--out", released)
