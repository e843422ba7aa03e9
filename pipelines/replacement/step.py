"""What steps and their workers both know: the attempts that concern them, and where outcomes lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ieiw.builders.catalogue import REPLACEMENT
from ieiw.triplets.layout.plan import UnitRef, read_attempts
from ieiw.triplets.records import Attempt
from ieiw.triplets.storage.store import Store

TASK = REPLACEMENT
ROLES = {"retrieve": "embed", "paint": "paint", "caption": "caption", "write": "write"}
"""The model of each step."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where a step's outcomes go, those of the steps before in order, and what its progress calls the attempts that stand."""

    folder: str
    before: tuple[str, ...]
    done: str


def attempts_of_step(store: Store, ref: UnitRef) -> Iterator[Attempt]:
    """The attempts of a unit that are replacements; its source may have other tasks."""
    return (attempt for attempt in read_attempts(store, ref) if attempt.task == TASK)
