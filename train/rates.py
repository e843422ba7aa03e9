"""The learning rate, a pure function of the step."""

from __future__ import annotations

import math

from ieiw.train.config import Optimiser


def rate_at(settings: Optimiser, step: int, steps: int) -> float:
    """The rate of a step.

    Args:
        settings: ``rate`` at its height, ``warm_up`` steps of a straight way up to it, and the ``schedule`` from there on.
        step: from 0.
        steps: of the whole run, where ``cosine`` ends near 0.
    """
    if step < settings.warm_up:
        return settings.rate * (step + 1) / settings.warm_up
    if settings.schedule == "constant":
        return settings.rate
    done = (step - settings.warm_up) / max(1, steps - settings.warm_up)
    return settings.rate * (1 + math.cos(math.pi * done)) / 2
