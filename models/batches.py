"""Jobs through a model in batches; halved where the device's memory does not hold one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from ieiw.triplets.errors import UsageError

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_batches(
    items: Sequence[Item], batch: int, run: Callable[[Sequence[Item]], list[Result]], name: str
) -> tuple[list[Result], int]:
    """One result an item, in order.

    Args:
        items: what goes through.
        batch: how many at once.
        run: the model.
        name: of the backend, for messages.

    Returns:
        The results, and the batch that fits; each halving was told in the log.

    Raises:
        UsageError: not even one item fits.
    """
    import torch

    done: list[Result] = []
    while len(done) < len(items):
        part = items[len(done) : len(done) + batch]
        try:
            done += run(part)
            continue
        except torch.OutOfMemoryError as error:
            if len(part) == 1:
                raise UsageError(
                    f"{name}: the device's memory does not hold one item ({str(error)[:200]}). Free it, or use device: cpu"
                ) from error
        batch = len(part) // 2  # outside of the handler, which holds the tensors that did not fit
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        logging.getLogger(__name__).warning("%s: out of memory; goes on with %d at once", name, batch)
    return done, batch
