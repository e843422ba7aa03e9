"""What a stage asks for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """Settings that a stage file need not give.

    Attributes:
        ema: decay of the moving average.
        epochs: passes over the data where neither ``steps`` nor ``epochs`` is given; None asks for one of them.
        from_scratch: whether it may begin without a model.
    """

    ema: float
    epochs: float | None
    from_scratch: bool
