"""A step's gradients: the same in one piece or several, in one process or shared; a process without samples takes part."""

import pytest
import torch

from ieiw.models.diffusion.components import small_parts
from ieiw.models.diffusion.settings import Model
from ieiw.train.config import TrainConfig
from ieiw.train.data.loader import Batch
from ieiw.train.data.order import Rank
from ieiw.train.distributed import Group
from ieiw.train.step import Step, pieces

SIZE = 16


def config(**changes):
    values = {"out": "run", "steps": 1, "batch": 5, "data": {"build": "b", "cut": "c", "size": SIZE}}
    return TrainConfig.model_validate(values | changes)


def part_of(count, rank):
    """A rank's part of a batch of ``count``."""
    slots = rank.slots(count)
    pictures = torch.randint(0, 256, (2, count, SIZE, SIZE, 3), generator=torch.Generator().manual_seed(0)).byte()
    instructions = [f"Remove number {slot}." for slot in range(count)]
    return Batch(*pictures[:, slots], instructions[slots], None, 0, 0, first=slots.start, whole=count)


def gradients(count, rank, settings):
    torch.manual_seed(0)
    parts = small_parts(Model(channels=(16, 16), text_width=16), SIZE)
    alone = Group(Rank(), torch.device("cpu"))
    loss = Step(settings, parts, alone).gradients(part_of(count, rank), 3)
    return loss, torch.cat([weight.grad.flatten() for weight in parts.unet.parameters()])


@pytest.mark.parametrize("loss", [{}, {"min_snr": 5.0, "offset_noise": 0.1}])
def test_pieces_add_up_to_the_whole(loss):
    whole, in_one = gradients(5, Rank(), config(loss=loss))
    assert whole > 0 and in_one.abs().max() > 0
    for count in (2, 3, 9):
        total, in_pieces = gradients(5, Rank(), config(loss=loss, optimiser={"accumulate": count}))
        assert total == pytest.approx(whole, rel=1e-5)
        assert torch.allclose(in_pieces, in_one, atol=1e-6)


def test_shares_of_a_batch_add_up_whatever_their_number():
    whole, gradient = gradients(3, Rank(), config())
    shares = [gradients(3, Rank(rank, 4), config()) for rank in range(4)]
    assert sum(loss for loss, _ in shares) == pytest.approx(whole, rel=1e-5)
    assert torch.allclose(sum(part for _, part in shares), gradient, atol=1e-6)
    idle = shares[0]
    assert idle[0] == 0 and not idle[1].any()


@pytest.mark.parametrize(
    ("count", "most", "expected"),
    [(4, 1, [(0, 4)]), (5, 2, [(0, 3), (3, 5)]), (2, 5, [(0, 1), (1, 2)]), (0, 3, [(0, 0)])],
)
def test_pieces_cover_a_batch_in_turn(count, most, expected):
    found = list(pieces(count, most))
    assert [(slots.start, slots.stop) for slots, _ in found] == expected
    assert [last for _, last in found] == [False] * (len(found) - 1) + [True]
