"""Both pools: a batch in use is never overwritten, whoever holds it and in whatever order it is let go; memory is used again."""

import random

import numpy as np
import pytest
import torch

from ieiw.train.data.augment import Augmentation
from ieiw.train.data.dataset import open_cut
from ieiw.train.data.loader import Loader
from ieiw.train.data.order import SamplingConfig
from ieiw.train.data.pool.pool import SLOTS
from ieiw.train.data.pool.processes import processes_serve

WORKERS = [1, pytest.param(2, marks=pytest.mark.skipif(not processes_serve(), reason="no memfd_create here"))]


@pytest.fixture
def cut(wide):
    return open_cut(wide.store, "all")


@pytest.fixture(params=WORKERS, ids=["threads", "processes"])
def loader(cut, request):
    made = Loader(cut, SamplingConfig(5, 20, {}), Augmentation(32, flip=0.5), workers=request.param)
    yield made
    made.close()


def test_a_batch_in_use_is_never_overwritten(loader):
    """Views of batches are held for random times: fewer and more of them than there are slots."""
    chance, held = random.Random(0), []
    for turn in range(8 * SLOTS):
        batch = next(loader)
        view = chance.choice([batch.source, batch.target[3:], batch.target.numpy()[1:, 2:], batch.source[:1].view(-1)])
        held.append((view, np.array(view)))
        most = 3 if turn < 4 * SLOTS else SLOTS + 4
        while len(held) > most:
            view, copy = held.pop(chance.randrange(len(held)))
            assert np.array_equal(view, copy)
        del batch, view
    assert all(np.array_equal(view, copy) for view, copy in held)


def test_memory_is_used_again(loader):
    places = {next(loader).source.data_ptr() for _ in range(3 * SLOTS)}
    assert len(places) <= 6, "those in the making, the one handed out and the one before it"


def test_going_back_while_many_are_held_finds_memory_for_the_next_ones(loader):
    state = loader.state_dict()
    held = [next(loader) for _ in range(SLOTS + 2)]
    for _ in range(3):
        loader.load_state_dict(state)
        again = next(loader)
        assert torch.equal(again.source, held[0].source)


def test_batches_stay_good_after_the_loader_is_closed(cut):
    made = Loader(cut, SamplingConfig(5, 20, {}), Augmentation(32), workers=1)
    batch = next(made)
    copy = batch.source.clone()
    made.close()
    assert torch.equal(batch.source, copy)
