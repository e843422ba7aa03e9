"""A local causal language model: real, and tiny."""

import pytest

from ieiw.models.write.local import LocalWriter
from ieiw.triplets.errors import UsageError


def test_a_local_model_writes_by_its_seed_and_leaves_the_global_dice_alone(tiny_model):
    import torch

    author = LocalWriter(str(tiny_model), max_tokens=12)
    before = torch.random.get_rng_state()
    first, again, other = (author.write("remove the picture", seed) for seed in (1, 1, 2))
    assert first == again != other
    assert set(" ".join((first, other)).split()) <= {"remove", "please", "the", "picture", "erase", "away", "take"}
    assert torch.equal(before, torch.random.get_rng_state())
    assert author.describe()["model"].startswith(tiny_model.name)


def test_a_model_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(UsageError, match="cannot be loaded"):
        LocalWriter(str(tmp_path)).write("x", 0)
