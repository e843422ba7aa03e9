"""Validation: fixed samples, fixed noise, a picture of it."""

import numpy as np
import pytest
import torch

from ieiw.models.diffusion.components import small_parts
from ieiw.models.diffusion.settings import Model
from ieiw.train.data.dataset import open_cut
from ieiw.train.validation import fixed_samples, grid, validation_loss, write_grid
from ieiw.triplets.images.codec import decode
from tests.support.cuts import write_cut
from tests.support.tiny_build import Wanted, tiny_build


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    made = tiny_build(tmp_path_factory.mktemp("build"), Wanted(pictures=4, format="png", size=(48, 40)))
    write_cut(made)
    return fixed_samples(open_cut(made.store, "all"), 5, 32)


@pytest.fixture(scope="module")
def parts():
    torch.manual_seed(0)
    return small_parts(Model(channels=(16, 16), text_width=16), 32)


def test_samples_are_spread_evenly_over_the_side(batch):
    assert len(batch.rows) == len(batch.instructions) == 5 and all(batch.instructions)
    assert batch.source.shape == batch.target.shape == (5, 32, 32, 3)
    assert np.ptp(np.diff(batch.rows)) <= 1


def test_the_loss_depends_on_weights_and_seed_alone(parts, batch):
    first, again, other = (validation_loss(parts, batch, seed) for seed in (0, 0, 1))
    assert first == again != other
    with torch.no_grad():
        next(parts.unet.parameters()).mul_(3)
    assert validation_loss(parts, batch, 0) != first


def test_the_grid_has_a_row_a_sample_under_a_head(parts, batch, tmp_path):
    pictures = grid(parts, batch, 2, steps=2, seed=0)
    assert pictures.shape == (22 + 2 * (22 + 128), 3 * (128 + 4), 3)
    source = batch.source[0].numpy().repeat(4, axis=0).repeat(4, axis=1)
    assert np.array_equal(pictures[44 : 44 + 128, :128], source)
    write_grid(pictures, tmp_path / "new" / "grid.png")
    assert np.array_equal(decode((tmp_path / "new" / "grid.png").read_bytes()).pixels, pictures)
