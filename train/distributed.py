"""Several processes that train one model: who each is, and the few things they tell one another.

``torchrun`` starts them and says by the environment where they meet. Alone, nothing here does anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist

from ieiw.train.data.order import Rank
from ieiw.triplets.errors import UsageError

_MEETING = ("RANK", "MASTER_ADDR", "MASTER_PORT")
_START = "Start all of them by torchrun, such as `torchrun --nproc-per-node 2 -m ieiw.train STAGE.yaml`"


@dataclass(frozen=True, slots=True)
class Group:
    """The processes of a training, as one of them sees them.

    Attributes:
        rank: this one among all.
        device: that it trains on.
    """

    rank: Rank
    device: torch.device

    @property
    def first(self) -> bool:
        """Whether it is the one that reports, validates and saves."""
        return self.rank.rank == 0

    def share(self, network: Any) -> Any:
        """The network to be called in training: its gradients become the mean over all processes."""
        if self.rank.world == 1:
            return network
        return torch.nn.parallel.DistributedDataParallel(network, broadcast_buffers=False, gradient_as_bucket_view=True)

    def quietly(self, network: Any) -> AbstractContextManager[None]:
        """Within it gradients add up in this process alone."""
        return nullcontext() if self.rank.world == 1 else network.no_sync()

    def sum_and_most(self, value: float, number: int) -> tuple[float, int]:
        """The sum of all processes' values, and the largest of their numbers."""
        if self.rank.world == 1:
            return value, number
        own = torch.tensor([value, float(number)], dtype=torch.float64, device=self.device)
        everyone = [torch.empty_like(own) for _ in range(self.rank.world)]
        dist.all_gather(everyone, own)
        values, numbers = torch.stack(everyone).cpu().unbind(1)
        return float(values.sum()), int(numbers.max())

    def check_same(self, seen: object, what: str) -> None:
        """Compare what all processes see; plain values only.

        Raises:
            UsageError: one sees something else than the first; names it. Raised by all of them.
        """
        if self.rank.world == 1:
            return
        everyone: list[object] = [None] * self.rank.world
        dist.all_gather_object(everyone, seen)
        for number, other in enumerate(everyone):
            if other != everyone[0]:
                raise UsageError(
                    f"rank {number} sees another {what} than rank 0: {other}, not {everyone[0]}. Give all machines the same files"
                )

    def wait(self) -> None:
        """Until all processes are here."""
        if self.rank.world > 1:
            dist.barrier()


@contextmanager
def joined(device: str) -> Iterator[Group]:
    """Meet the other processes that ``torchrun`` started, if any, and part from them at the end.

    Args:
        device: ``auto``, ``cpu`` or ``cuda``; of several GPUs each process takes the one of its number on its machine.

    Raises:
        UsageError: no GPU where one is asked for, or the environment tells of other processes and not where they meet.
    """
    world = _world()
    if world == 1:
        yield Group(Rank(), _device(device, 0))
        return
    own = _device(device, int(os.environ.get("LOCAL_RANK", "0")))
    if own.type == "cuda":
        torch.cuda.set_device(own)
    dist.init_process_group("nccl" if own.type == "cuda" else "gloo")
    try:
        yield Group(Rank(dist.get_rank(), dist.get_world_size()), own)
    finally:
        dist.destroy_process_group()


def _world() -> int:
    """How many processes the environment tells of."""
    told = os.environ.get("WORLD_SIZE", "1")
    if not told.isdecimal() or int(told) < 1:
        raise UsageError(f"WORLD_SIZE is {told!r}, not a number of processes. Unset it to train alone")
    missing = [name for name in _MEETING if name not in os.environ]
    if int(told) > 1 and missing:
        raise UsageError(
            f"WORLD_SIZE is {told}, but {', '.join(missing)} is not set, so this process would train alone into the folder of the "
            f"others. {_START}, or unset WORLD_SIZE to train alone"
        )
    return int(told)


def _device(name: str, number: int) -> torch.device:
    if name == "cuda" and not torch.cuda.is_available():
        raise UsageError("device: cuda was asked for, and torch sees none. Set device: cpu, or auto")
    return torch.device("cuda", number) if name != "cpu" and torch.cuda.is_available() else torch.device("cpu")
