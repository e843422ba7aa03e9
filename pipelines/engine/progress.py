"""How far a stage is, from its commit marks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Progress:
    """Units and items done, of those to do.

    Attributes:
        units: to be done by this run.
        items: in these units: attempts, triplets, pictures.
        done_units: so far.
        counts: what the items became, by word: ``built``, ``rejected``, ``scored``, ``copied``.
        quarantined: units that were set aside because they killed their worker.
        seconds: since the run began.
    """

    units: int = 0
    items: int = 0
    done_units: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    quarantined: int = 0
    seconds: float = 0.0
